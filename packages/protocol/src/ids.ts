/**
 * Identifiers. On the wire they are opaque strings: a prefix and a UUIDv7 (spec/model.md, "Words").
 * Nobody checks the form of an id that a caller names; an id that names nothing is simply unknown.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type TenantId = Branded<"TenantId">;
export type RoomId = Branded<"RoomId">;
export type EventId = Branded<"EventId">;
export type WorkspaceId = Branded<"WorkspaceId">;
export type ParticipantId = Branded<"ParticipantId">;
export type TokenId = Branded<"TokenId">;
export type MediaId = Branded<"MediaId">;

/** `@local_id:server_name`: who someone is, in everything that is hashed and on every server. */
export type Fqid = Branded<"Fqid">;

export const ID_PREFIX = {
  tenant: "tnt-",
  room: "room-",
  event: "evt-",
  workspace: "ws-",
  participant: "prt-",
  token: "tok-",
  media: "med-",
} as const;

/** Local ids: never changed, never reused, 1..64 characters (spec/model.md). */
export const LOCAL_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/**
 * A DNS name of at most 253 characters, as a server calls itself, with a port up to 65535 where it is not 443: with the
 * usual port written out there would be two names of one server.
 */
export const SERVER_NAME =
  /^(?=.{1,253}(?::|$))(?!.*:443$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?$/;

export function fqidOf(localId: string, serverName: string): Fqid {
  return `@${localId}:${serverName}` as Fqid;
}

/** The server itself as the sender of an automatic event: `@:server_name`. */
export function serverFqid(serverName: string): Fqid {
  return `@:${serverName}` as Fqid;
}

export function isServerFqid(fqid: string): boolean {
  return fqid.startsWith("@:");
}

/** Splits an FQID of a person, or answers undefined when the text is not one. */
export function parseFqid(text: string): { localId: string; serverName: string } | undefined {
  const colon = text.indexOf(":");
  if (text[0] !== "@" || colon < 2) return undefined;
  const localId = text.slice(1, colon);
  const serverName = text.slice(colon + 1);
  return LOCAL_ID.test(localId) && SERVER_NAME.test(serverName) ? { localId, serverName } : undefined;
}
