import { isServerFqid } from "@stairwell/protocol";
import type { Reader } from "../db/index.ts";
import type { RoomRef, StoredEvent } from "../events/index.ts";
import { wireTime } from "../lib/clock.ts";
import type { Identities } from "../participants/index.ts";
import { toWire } from "./content.ts";
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
  replyCount: number,
): Promise<string> {
  const fields = await eventFields(reader, identities, ref, event);
  return (
    `{${fields},"event_type":${JSON.stringify(event.eventType)},"edited_at":null,"redacted_at":null,` +
    `"reactions":[],"reply_count":${replyCount}}`
  );
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
async function eventFields(reader: Reader, identities: Identities, ref: RoomRef, event: StoredEvent): Promise<string> {
  const { tenantNo } = ref;
  const content =
    event.content === null
      ? "null"
      : await toWire(reader, identities, tenantNo, { eventType: event.eventType, content: event.content });
  const actedBy = event.actedBy === null ? null : await participantId(reader, identities, tenantNo, event.actedBy);
  return (
    `"id":"${event.eventId}","room_id":"${ref.roomId}",` +
    `"sender_id":${JSON.stringify(await participantId(reader, identities, tenantNo, event.sender))},` +
    (actedBy === null ? "" : `"acted_by_id":${JSON.stringify(actedBy)},`) +
    `"content":${content},"stream_position":${event.position},` +
    `"origin_ts":${event.originTs},"created_at":"${wireTime(event.hubTs)}","hash":"${event.hash}"`
  );
}

/** A page of events as the JSON text of an array. */
export async function messagesJson(
  reader: Reader,
  identities: Identities,
  ref: RoomRef,
  events: readonly StoredEvent[],
  readableTo: number,
): Promise<string> {
  if (events.length === 0) return "[]";
  const positions = events.map(({ position }) => position);
  const replies = await countReplies(reader, ref, positions, readableTo);
  const items: string[] = [];
  for (const event of events) {
    items.push(await messageJson(reader, identities, ref, event, replies.get(event.position) ?? 0));
  }
  return `[${items.join(",")}]`;
}

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
