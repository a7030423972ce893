import type { EventId, Fqid } from "@stairwell/protocol";
import { fromRecord } from "./content-record.ts";
import type { RoomRef, StoredEvent } from "./event.ts";
import { keyOf, type RoomKey } from "./room-keys.store.ts";

/** A row of the log, with its room's key where what it says is sealed. */
export interface EventRow {
  position: number;
  seq: number;
  event_id: string;
  event_type: string;
  sender: string | null;
  acted_by: string | null;
  origin_ts: number;
  hub_ts: number;
  imported: number;
  ordinal: number;
  event_uuid: string | null;
  content: string | null;
  salt: string | null;
  content_hash: string;
  hash: string;
  key: RoomKey;
}

export const COLUMNS =
  "position, seq, event_id, event_type, sender, acted_by, origin_ts, hub_ts, imported, ordinal, event_uuid, content, salt, content_hash, hash";

export const KEY = `CASE WHEN salt IS NULL AND content IS NOT NULL THEN ${keyOf("events.tenant_no", "events.room_no")} END AS key`;

/** What a row says, opened. */
export function toEvent(ref: RoomRef, row: EventRow): StoredEvent {
  const eventId = row.event_id as EventId;
  const said = fromRecord(ref, row.key, { position: row.position, eventId }, row);
  row.key?.fill(0);
  return {
    position: row.position,
    seq: row.seq,
    eventId,
    eventType: row.event_type,
    sender: row.sender as Fqid | null,
    actedBy: row.acted_by as Fqid | null,
    originTs: row.origin_ts,
    hubTs: row.hub_ts,
    imported: row.imported === 1,
    ordinal: row.ordinal,
    eventUuid: row.event_uuid,
    content: said.content,
    salt: said.salt,
    contentHash: row.content_hash,
    hash: row.hash,
  };
}
