import { isServerFqid } from "@stairwell/protocol";
import { EDIT } from "@stairwell/protocol/room";
import { type Amended, amendmentsOf, type Reaction, type Viewer } from "../amendments/index.ts";
import type { Reader } from "../db/index.ts";
import type { RoomRef, StoredEvent } from "../events/index.ts";
import { wireTime } from "../lib/clock.ts";
import type { Identities } from "../participants/index.ts";
import { isForgotten, type StoredRoom } from "../state/index.ts";
import { editToWire, toWire } from "./content.ts";
import { countReplies } from "./replies.store.ts";

/**
 * An event as JSON text. Written by hand because it is the hottest answer there is: the stored content is
 * spliced in, not parsed. A test holds it against the schema of a message.
 */
export async function messageJson(
  reader: Reader,
  identities: Identities,
  ref: RoomRef,
  event: StoredEvent,
  { edit, redactedAt, reactions }: Amended = NOTHING,
  replyCount = 0,
): Promise<string> {
  const now = edit === undefined ? event : { ...event, content: edit.content };
  const fields = await eventFields(reader, identities, ref, now, edit?.position);
  const original = edit === undefined ? "" : `"original_content":${await contentJson(reader, identities, ref, event)},`;
  return (
    `{${fields},"event_type":${JSON.stringify(event.eventType)},"edited_at":${timeJson(edit?.at)},` +
    `"redacted_at":${timeJson(redactedAt)},${original}"reactions":${reactionsJson(reactions)},"reply_count":${replyCount}}`
  );
}

const NOTHING: Amended = { reactions: [] };

export function reactionsJson(reactions: readonly Reaction[]): string {
  return reactions.length === 0 ? "[]" : JSON.stringify(reactions);
}

function timeJson(unixMs: number | undefined): string {
  return unixMs === undefined ? "null" : `"${wireTime(unixMs)}"`;
}

/**
 * An event as a frame of the stream: nothing in it depends on who receives it, so that one encoding serves all (ST1).
 * `cursor` is the place after it.
 */
export async function eventFrameJson(
  reader: Reader,
  identities: Identities,
  ref: RoomRef,
  event: StoredEvent,
  cursor: string,
): Promise<string> {
  const fields = await eventFields(reader, identities, ref, event);
  return `{"type":${JSON.stringify(event.eventType)},${fields},"cursor":"${cursor}"}`;
}

/** The members that every form of an event has. */
async function eventFields(
  reader: Reader,
  identities: Identities,
  ref: RoomRef,
  event: StoredEvent,
  saidAt?: number,
): Promise<string> {
  const { tenantNo } = ref;
  const content = await contentJson(reader, identities, ref, event, saidAt);
  const actedBy = event.actedBy === null ? null : await participantId(reader, identities, tenantNo, event.actedBy);
  return (
    `"id":"${event.eventId}","room_id":"${ref.roomId}",` +
    `"sender_id":${JSON.stringify(await participantId(reader, identities, tenantNo, event.sender))},` +
    (actedBy === null ? "" : `"acted_by_id":${JSON.stringify(actedBy)},`) +
    `"content":${content},"stream_position":${event.position},` +
    `"origin_ts":${event.originTs},"created_at":"${wireTime(event.hubTs)}","hash":"${event.hash}"`
  );
}

/** `position` is where the content is on record: not the event's own, where an edit put it in its place. */
async function contentJson(
  reader: Reader,
  identities: Identities,
  ref: RoomRef,
  { eventType, content, position: own }: StoredEvent,
  position = own,
): Promise<string> {
  if (content === null) return "null";
  if (eventType === EDIT) return editToWire(reader, identities, ref, { content, position });
  return toWire(reader, identities, ref, { eventType, content, position });
}

/** A page of events as the JSON text of an array: as the viewer sees them, with what became of them. */
export async function messagesJson(
  reader: Reader,
  identities: Identities,
  ref: StoredRoom,
  events: readonly StoredEvent[],
  viewer: Viewer,
): Promise<string> {
  if (events.length === 0) return "[]";
  const positions = events.map(({ position }) => position);
  // What answered what was said with the rest (DEL1).
  const replies = isForgotten(ref) ? NO_REPLIES : await countReplies(reader, ref, positions, viewer.readableTo);
  const amended = await amendmentsOf(reader, ref, positions, viewer);
  const items: string[] = [];
  for (const event of events) {
    const { position } = event;
    items.push(await messageJson(reader, identities, ref, event, amended.get(position), replies.get(position)));
  }
  return `[${items.join(",")}]`;
}

const NO_REPLIES: ReadonlyMap<number, number> = new Map();

/** Null for the server itself; an FQID for somebody this server has no row of. */
async function participantId(
  reader: Reader,
  identities: Identities,
  tenantNo: number,
  fqid: string | null,
): Promise<string | null> {
  if (fqid === null || isServerFqid(fqid)) return null;
  const known = identities.byFqid(reader, tenantNo, fqid);
  const who = known instanceof Promise ? await known : known;
  return who?.participantId ?? fqid;
}
