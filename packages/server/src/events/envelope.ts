import { type Envelope, envelopeText, type RoomId } from "@stairwell/protocol";
import { sha256 } from "../lib/random.ts";
import type { StoredEvent } from "./event.ts";

/** What of an event its envelope says. */
export type Enveloped = Pick<
  StoredEvent,
  "position" | "eventId" | "eventType" | "sender" | "actedBy" | "originTs" | "hubTs" | "imported" | "contentHash"
>;

/** The envelope of an event of a room; `prevHash` is the hash of the event before it, or `ZERO_HASH`. */
export function envelopeOf(roomId: RoomId, event: Enveloped, prevHash: string): Envelope {
  return {
    room_id: roomId,
    id: event.eventId,
    event_type: event.eventType,
    sender: event.sender,
    acted_by: event.actedBy,
    origin_ts: event.originTs,
    content_hash: event.contentHash,
    hub_ts: event.hubTs,
    imported: event.imported,
    position: event.position,
    prev_hash: prevHash,
  };
}

/** The hash of that envelope: what chains the event to the one before it. */
export function envelopeHash(roomId: RoomId, event: Enveloped, prevHash: string): string {
  return sha256(envelopeText(envelopeOf(roomId, event, prevHash)));
}
