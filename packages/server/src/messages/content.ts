import { canonical, type EventId, invalid, type JsonObject, LIMITS, parseFqid, parseJson } from "@stairwell/protocol";
import type { EditContent, Missing } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Db, Reader, Tx } from "../db/index.ts";
import { findEvent, findEventAt, isSequenced, type RoomRef } from "../events/index.ts";
import type { Clock } from "../lib/clock.ts";
import {
  type Fetches,
  findMediaIdAt,
  findReadable,
  insertRef,
  isHeld,
  isNaming,
  mediumRecord,
} from "../media/index.ts";
import type { Identities } from "../participants/index.ts";
import type { StoredRoom } from "../state/index.ts";

/** The parts of a message's content that the server reads (EV2); everything else is the clients' own. */
interface Named {
  mentions: readonly string[];
  replyTo: string | undefined;
  mediaId: string | undefined;
}

/** What a message is on record, or what it names that nobody is. */
export interface Recorded {
  content: JsonObject;
  missing: Missing | undefined;
  /** The number of the medium that it names. */
  mediaNo?: number;
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

/**
 * A content as it is hashed: people as FQIDs, each mention once, and a medium as what it is (spec/model.md, "Bytes").
 * What is named is looked up with the rights of the actor.
 */
export async function toRecord(
  tx: Tx,
  identities: Identities,
  actor: Actor,
  at: StoredRoom,
  content: JsonObject,
  named: Named,
): Promise<Recorded> {
  if (named.replyTo !== undefined && (await findEvent(tx, at, named.replyTo)) === undefined) {
    return { content, missing: "SW_EVENT_NOT_FOUND" };
  }
  const people = await withPeople(tx, identities, actor, content, named);
  if (named.mediaId === undefined || people.missing !== undefined) return people;
  const who = { tenantNo: actor.tenant.tenantNo, participantNo: actor.participantNo };
  const medium = await findReadable(tx, who, tx.now, named.mediaId);
  // A thumbnail is part of what it is of, and is named by nobody.
  if (medium === undefined || medium.thumbnailOf !== null || !isHeld(medium))
    return { content, missing: "SW_MEDIA_NOT_FOUND" };
  const isSealedHere = at.room.scopeKind === "incognito" ? medium.roomNo === at.roomNo : medium.roomNo === 0;
  if (!isSealedHere) return { content, missing: "SW_ROOM_TYPE_INVARIANT" };
  return {
    content: { ...people.content, media_id: mediumRecord(medium) },
    missing: undefined,
    mediaNo: medium.mediaNo,
  };
}

export interface Bringing {
  db: Db;
  clock: Pick<Clock, "now">;
  fetches: Pick<Fetches, "held">;
}

/**
 * Has a medium here that a message is about to name: whoever forwards what is of another server gives it out from now on
 * (FD19). Nothing of what the actor cannot read, which is refused as any other. Errors as `Fetches.held`.
 */
export async function bringNamed(
  { db, clock, fetches }: Bringing,
  { tenant, participantNo }: Actor,
  mediaId: unknown,
): Promise<void> {
  if (typeof mediaId !== "string") return;
  const who = { tenantNo: tenant.tenantNo, participantNo };
  const medium = await findReadable(db, who, clock.now(), mediaId);
  if (medium !== undefined) await fetches.held(tenant, medium);
}

/**
 * Keeps that an event names a medium; of a room of another hub it was kept as the event came, and what was redacted by then
 * names nothing (DEL1).
 */
export async function refer(tx: Tx, at: RoomRef, position: number, target: number, mediaNo: number): Promise<void> {
  if (isSequenced(tx, at)) {
    if (await isNaming(tx, at, position)) return;
    if ((await findEventAt(tx, at, position))?.content === null) return;
  }
  await insertRef(tx, at, position, target, mediaNo);
}

async function withPeople(
  reader: Reader,
  identities: Identities,
  actor: Actor,
  content: JsonObject,
  named: Named,
): Promise<Recorded> {
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

/** What is shown of an event: what it says, or said. */
interface Shown {
  readonly eventType: string;
  readonly content: string;
  /** Where this content is on record: of an edited message, its edit. */
  readonly position: number;
}

/**
 * A content as clients see it: people and media as ids, where this server knows them. Most contents name
 * nobody, and their stored text is the answer as it stands.
 */
export async function toWire(reader: Reader, identities: Identities, ref: RoomRef, event: Shown): Promise<string> {
  const keys = NAMING[event.eventType.startsWith("swp.room.") ? event.eventType : ""];
  if (keys === undefined || !keys.some((key) => event.content.includes(`"${key}":`))) return event.content;
  const content = parseJson(event.content) as Record<string, unknown>;
  for (const key of keys) {
    const value = content[key];
    if (key === MEDIUM) {
      if (value !== undefined) content[key] = (await findMediaIdAt(reader, ref, event.position)) ?? null;
      continue;
    }
    if (typeof value === "string") content[key] = await wireName(reader, identities, ref.tenantNo, value);
    if (Array.isArray(value)) {
      content[key] = await Promise.all(value.map((name) => wireName(reader, identities, ref.tenantNo, String(name))));
    }
  }
  // Canonical again: a parsed object gives keys like "10" an order of their own.
  return canonical(content as JsonObject);
}

/** An edit as clients see it: what it puts in the place of a message names people as the message does. */
export async function editToWire(
  reader: Reader,
  identities: Identities,
  ref: RoomRef,
  { content: text, position }: Pick<Shown, "content" | "position">,
): Promise<string> {
  if (!text.includes('"mentions":') && !text.includes(`"${MEDIUM}":`)) return text;
  const edit = parseJson(text) as unknown as EditContent;
  const target = await findEvent(reader, ref, edit.event_id);
  if (target === undefined) return text;
  const content = canonical(edit.content);
  const wire = await toWire(reader, identities, ref, { eventType: target.eventType, content, position });
  return `{"content":${wire},"event_id":${JSON.stringify(edit.event_id)}}`;
}

/** Where a message names a medium; on record there stands what it is. */
const MEDIUM = "media_id";

/** Where the event types of this server name people and media. */
const NAMING: Readonly<Record<string, readonly string[]>> = {
  "swp.room.message": ["mentions", MEDIUM],
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
