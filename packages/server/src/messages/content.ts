import { canonical, type EventId, invalid, type JsonObject, LIMITS, parseFqid, parseJson } from "@stairwell/protocol";
import type { EditContent } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import { findEvent, type RoomRef } from "../events/index.ts";
import type { Identities } from "../participants/index.ts";

/** The parts of a message's content that the server reads (EV2); everything else is the clients' own. */
interface Named {
  mentions: readonly string[];
  replyTo: string | undefined;
  mediaId: string | undefined;
}

export type Missing = "SW_EVENT_NOT_FOUND" | "SW_PARTICIPANT_NOT_FOUND" | "SW_MEDIA_NOT_FOUND";

/** What a message is on record, or what it names that nobody is. */
export interface Recorded {
  content: JsonObject;
  missing: Missing | undefined;
}

/** Checks the form of what the server reads in a content. `SW_REQUEST_INVALID` with a pointer to the fault. */
export function namedIn(content: JsonObject): Named {
  return {
    mentions: mentionsOf(content.mentions),
    replyTo: idOf(content.reply_to_event_id, "/content/reply_to_event_id"),
    mediaId: idOf(content.media_id, "/content/media_id"),
  };
}

function mentionsOf(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid("/content/mentions", "must be an array");
  if (value.length > LIMITS.mentions) throw invalid("/content/mentions", `has more than ${LIMITS.mentions} entries`);
  return value.map((entry: unknown, i) => idOf(entry, `/content/mentions/${i}`)!);
}

function idOf(value: unknown, path: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw invalid(path, "must be a string");
  if (value === "" || value.length > LIMITS.idLength)
    throw invalid(path, `must have 1 to ${LIMITS.idLength} characters`);
  return value;
}

/** A content as it is hashed: people as FQIDs, each mention once (spec/model.md, "Bytes"). */
export async function toRecord(
  reader: Reader,
  identities: Identities,
  actor: Actor,
  ref: RoomRef,
  content: JsonObject,
  named: Named,
): Promise<Recorded> {
  if (named.mediaId !== undefined) return { content, missing: "SW_MEDIA_NOT_FOUND" };
  if (named.replyTo !== undefined && (await findEvent(reader, ref, named.replyTo)) === undefined) {
    return { content, missing: "SW_EVENT_NOT_FOUND" };
  }
  if (content.mentions === undefined) return { content, missing: undefined };
  const mentions = new Set<string>();
  for (const name of named.mentions) {
    const recorded = await recordedName(reader, identities, actor, name);
    if (recorded === undefined) return { content, missing: "SW_PARTICIPANT_NOT_FOUND" };
    mentions.add(recorded);
  }
  return { content: { ...content, mentions: [...mentions] }, missing: undefined };
}

/** `@room` and foreign FQIDs are kept as they are; a local name must be somebody's. */
async function recordedName(
  reader: Reader,
  identities: Identities,
  { tenant }: Actor,
  name: string,
): Promise<string | undefined> {
  if (name === "@room") return name;
  const foreign = parseFqid(name);
  if (foreign !== undefined && foreign.serverName !== tenant.serverName) return name;
  const who =
    foreign === undefined
      ? await identities.byId(reader, tenant.tenantNo, name)
      : await identities.byFqid(reader, tenant.tenantNo, name);
  return who?.fqid;
}

/**
 * A content as clients see it: people as participant ids where this server knows them. Most contents name
 * nobody, and their stored text is the answer as it stands.
 */
export async function toWire(
  reader: Reader,
  identities: Identities,
  tenantNo: number,
  event: { eventType: string; content: string },
): Promise<string> {
  const keys = NAMING[event.eventType.startsWith("swp.room.") ? event.eventType : ""];
  if (keys === undefined || !keys.some((key) => event.content.includes(`"${key}":`))) return event.content;
  const content = parseJson(event.content) as Record<string, unknown>;
  for (const key of keys) {
    const value = content[key];
    if (typeof value === "string") content[key] = await wireName(reader, identities, tenantNo, value);
    if (Array.isArray(value)) {
      content[key] = await Promise.all(value.map((name) => wireName(reader, identities, tenantNo, String(name))));
    }
  }
  // Canonical again: a parsed object gives keys like "10" an order of their own.
  return canonical(content as JsonObject);
}

/** An edit as clients see it: what it puts in the place of a message names people as the message does. */
export async function editToWire(reader: Reader, identities: Identities, ref: RoomRef, text: string): Promise<string> {
  if (!text.includes('"mentions":')) return text;
  const edit = parseJson(text) as unknown as EditContent;
  const target = await findEvent(reader, ref, edit.event_id);
  if (target === undefined) return text;
  const content = canonical(edit.content);
  const wire = await toWire(reader, identities, ref.tenantNo, { eventType: target.eventType, content });
  return `{"content":${wire},"event_id":${JSON.stringify(edit.event_id)}}`;
}

/** Where the event types of this server name people. */
const NAMING: Readonly<Record<string, readonly string[]>> = {
  "swp.room.message": ["mentions"],
  "swp.room.member": ["participant", "invited_by"],
  "swp.room.power": ["participant"],
};

async function wireName(reader: Reader, identities: Identities, tenantNo: number, fqid: string): Promise<string> {
  return (await identities.byFqid(reader, tenantNo, fqid))?.participantId ?? fqid;
}

/** Narrow types for what a record's content may hold, read back from its text. */
export function replyTargetOf(content: Readonly<Record<string, unknown>>): EventId | undefined {
  return typeof content.reply_to_event_id === "string" ? (content.reply_to_event_id as EventId) : undefined;
}
