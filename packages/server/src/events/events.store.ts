import type { EventId, Fqid } from "@stairwell/protocol";
import { insertPut, listOf, numberRows, type Reader, textListOf, type Tx } from "../db/index.ts";
import { fromRecord, toRecord } from "./content-record.ts";
import type { RoomRef, StoredEvent } from "./event.ts";
import { findRoomKey, keyOf, type RoomKey } from "./room-keys.store.ts";

interface EventRow {
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

/** Where a room's log ends. */
export interface Head {
  position: number;
  hash: string;
  ordinal: number;
  seq: number;
}

const COLUMNS =
  "position, seq, event_id, event_type, sender, acted_by, origin_ts, hub_ts, imported, ordinal, event_uuid, content, salt, content_hash, hash";

// Built once: a text that is put together at each call costs more to look up than the rows do to read.
const KEY = `CASE WHEN salt IS NULL AND content IS NOT NULL THEN ${keyOf("events.tenant_no", "events.room_no")} END AS key`;
const EVENTS = `SELECT ${COLUMNS}, ${KEY} FROM events WHERE tenant_no = $1 AND`;
const SQL = {
  byId: `${EVENTS} event_id = $2 AND room_no = $3`,
  at: `${EVENTS} room_no = $2 AND position = $3`,
  byUuid: `${EVENTS} room_no = $2 AND sender = $3 AND event_uuid = $4`,
  after: `${EVENTS} room_no = $2 AND position > $3 ORDER BY position LIMIT $4`,
  upAt: `${EVENTS} room_no = $2 AND position IN (SELECT value FROM json_each($3)) ORDER BY position`,
  ofTenant: `SELECT room_no, (SELECT r.room_id FROM rooms r WHERE r.tenant_no = events.tenant_no AND r.room_no = events.room_no)
     AS room_id, ${COLUMNS}, ${KEY} FROM events WHERE tenant_no = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
  downAt: `${EVENTS} room_no = $2 AND position IN (SELECT value FROM json_each($3)) ORDER BY position DESC`,
} as const;
const EVENT = insertPut(`INSERT INTO events (tenant_no, room_no, ${COLUMNS})`, 17);

function toEvent(ref: RoomRef, row: EventRow): StoredEvent {
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

/** The head is the newest row of the log: nothing of it is stored twice, so a send need not write it. */
export function findHead(reader: Reader, ref: RoomRef): Promise<Head | undefined> {
  return reader.get<Head>(
    "SELECT position, hash, ordinal, seq FROM events WHERE tenant_no = $1 AND room_no = $2 ORDER BY position DESC LIMIT 1",
    ref.tenantNo,
    ref.roomNo,
  );
}

/** The heads of several rooms by number, in one statement; a room without events is left out. */
export async function findHeads(
  reader: Reader,
  tenantNo: number,
  roomNos: readonly number[],
): Promise<ReadonlyMap<number, Head>> {
  if (roomNos.length === 0) return new Map();
  const { marks, values } = listOf(roomNos, 2);
  const rows = await reader.all<Head & { room_no: number }>(
    `WITH asked (room_no) AS (VALUES ${marks.map((mark) => `(${mark})`).join(",")})
     SELECT e.room_no, e.position, e.hash, e.ordinal, e.seq
     FROM asked a JOIN events e ON e.tenant_no = $1 AND e.room_no = a.room_no AND e.position =
       (SELECT max(x.position) FROM events x WHERE x.tenant_no = $1 AND x.room_no = a.room_no)`,
    tenantNo,
    ...values,
  );
  return new Map(rows.map((row) => [row.room_no, row]));
}

export async function findNewestSeq(reader: Reader, tenantNo: number): Promise<number> {
  const row = await reader.get<{ seq: number | null }>(
    "SELECT max(seq) AS seq FROM events WHERE tenant_no = $1",
    tenantNo,
  );
  return row?.seq ?? 0;
}

/** Below every sequence that was ever given in a tenant: history that came late goes there. At most 0. */
export async function findOldestSeq(reader: Reader, tenantNo: number): Promise<number> {
  const row = await reader.get<{ seq: number | null }>(
    "SELECT min(seq) AS seq FROM events WHERE tenant_no = $1",
    tenantNo,
  );
  return Math.min(row?.seq ?? 0, 0);
}

/** Takes events beyond a position off the record; answers the sequence of the first of them. */
export async function deleteBeyond(tx: Tx, ref: RoomRef, position: number): Promise<number | undefined> {
  const where = "WHERE tenant_no = $1 AND room_no = $2 AND position > $3";
  const values = [ref.tenantNo, ref.roomNo, position] as const;
  const row = await tx.get<{ seq: number | null }>(`SELECT min(seq) AS seq FROM events ${where}`, ...values);
  await tx.run(`DELETE FROM events ${where}`, ...values);
  return row?.seq ?? undefined;
}

/** Counts the event at a position anew; false where there is none. */
export async function setOrdinal(
  tx: Tx,
  ref: RoomRef,
  { position, ordinal }: Pick<StoredEvent, "position" | "ordinal">,
): Promise<boolean> {
  const set = await tx.run(
    "UPDATE events SET ordinal = $4 WHERE tenant_no = $1 AND room_no = $2 AND position = $3",
    ref.tenantNo,
    ref.roomNo,
    position,
    ordinal,
  );
  return set > 0;
}

/** A place in a tenant's commits: right after the event with this sequence and hash. */
export interface Place {
  readonly seq: number;
  readonly hash: string;
}

/** Where a tenant's commits end; undefined where nothing happened yet. */
export function findNewest(reader: Reader, tenantNo: number): Promise<Place | undefined> {
  return reader.get<Place>("SELECT seq, hash FROM events WHERE tenant_no = $1 ORDER BY seq DESC LIMIT 1", tenantNo);
}

/** The tenant's events from a sequence on, in the order of their commits: where each is. */
export async function listPlacesFrom(
  reader: Reader,
  tenantNo: number,
  seq: number,
): Promise<(Place & { readonly roomNo: number })[]> {
  const rows = await reader.all<Place & { room_no: number }>(
    "SELECT room_no, seq, hash FROM events WHERE tenant_no = $1 AND seq >= $2 ORDER BY seq",
    tenantNo,
    seq,
  );
  return rows.map((row) => ({ roomNo: row.room_no, seq: row.seq, hash: row.hash }));
}

/** The place after the event with this very sequence. */
export function findPlaceAt(reader: Reader, tenantNo: number, seq: number): Promise<Place | undefined> {
  return reader.get<Place>("SELECT seq, hash FROM events WHERE tenant_no = $1 AND seq = $2", tenantNo, seq);
}

export async function findEvent(reader: Reader, ref: RoomRef, eventId: string): Promise<StoredEvent | undefined> {
  const row = await reader.get<EventRow>(SQL.byId, ref.tenantNo, eventId, ref.roomNo);
  return row && toEvent(ref, row);
}

/** The events with these ids, those of them that there are; so many at a time that a statement takes. */
export async function listById(
  reader: Reader,
  ref: RoomRef,
  eventIds: readonly EventId[],
): Promise<Map<EventId, StoredEvent>> {
  if (eventIds.length === 0) return new Map();
  const { marks, values } = textListOf(eventIds, 3);
  const rows = await reader.all<EventRow>(
    `${EVENTS} room_no = $2 AND event_id IN (${marks.join(", ")})`,
    ref.tenantNo,
    ref.roomNo,
    ...values,
  );
  return new Map(rows.map((row) => [row.event_id as EventId, toEvent(ref, row)]));
}

export async function findEventAt(reader: Reader, ref: RoomRef, position: number): Promise<StoredEvent | undefined> {
  const row = await reader.get<EventRow>(SQL.at, ref.tenantNo, ref.roomNo, position);
  return row && toEvent(ref, row);
}

export async function findEventByUuid(
  reader: Reader,
  ref: RoomRef,
  sender: Fqid,
  eventUuid: string,
): Promise<StoredEvent | undefined> {
  const row = await reader.get<EventRow>(SQL.byUuid, ref.tenantNo, ref.roomNo, sender, eventUuid);
  return row && toEvent(ref, row);
}

/** The sequence of the event at a position. */
export async function findSeqAt(reader: Reader, ref: RoomRef, position: number): Promise<number | undefined> {
  const row = await reader.get<{ seq: number }>(
    "SELECT seq FROM events WHERE tenant_no = $1 AND room_no = $2 AND position = $3",
    ref.tenantNo,
    ref.roomNo,
    position,
  );
  return row?.seq;
}

/** Positions of a room, both ends included. */
export interface Range {
  readonly roomNo: number;
  readonly from: number;
  readonly to: number;
}

/** So many ranges are asked for in one statement. */
const RANGES = 256;

/**
 * Of each range the first position with a sequence above one, or the position after its end. The sequence grows with the
 * position, so each is found by halving, and all of them in one statement.
 */
export async function findPositionsAfter(
  reader: Reader,
  tenantNo: number,
  ranges: readonly Range[],
  seq: number,
): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < ranges.length; i += RANGES) {
    const asked = ranges.slice(i, i + RANGES).map(({ roomNo, from, to }, n) => [n, roomNo, from, to + 1]);
    const { marks, values } = numberRows(asked, 3);
    const rows = await reader.all<{ n: number; low: number }>(
      `WITH RECURSIVE asked (n, room_no, low, high) AS (VALUES ${marks}),
       search (n, room_no, low, high) AS (
         SELECT n, room_no, low, high FROM asked
         UNION
         SELECT s.n, s.room_no, CASE WHEN e.seq > $2 THEN s.low ELSE (s.low + s.high) / 2 + 1 END,
           CASE WHEN e.seq > $2 THEN (s.low + s.high) / 2 ELSE s.high END
         FROM search s LEFT JOIN events e
           ON e.tenant_no = $1 AND e.room_no = s.room_no AND e.position = (s.low + s.high) / 2
         WHERE s.low < s.high)
       SELECT n, low FROM search WHERE low = high`,
      tenantNo,
      seq,
      ...values,
    );
    for (const { n, low } of rows) found[i + n] = low;
  }
  return found;
}

/** When the tenant's first event above a sequence was made, Unix milliseconds. */
export async function findTimeAfter(reader: Reader, tenantNo: number, seq: number): Promise<number | undefined> {
  const row = await reader.get<{ hub_ts: number }>(
    "SELECT hub_ts FROM events WHERE tenant_no = $1 AND seq > $2 ORDER BY seq LIMIT 1",
    tenantNo,
    seq,
  );
  return row?.hub_ts;
}

/** Events above `after`, oldest first. */
export async function listAfter(reader: Reader, ref: RoomRef, after: number, limit: number): Promise<StoredEvent[]> {
  const rows = await reader.all<EventRow>(SQL.after, ref.tenantNo, ref.roomNo, after, limit);
  return rows.map((row) => toEvent(ref, row));
}

/** The events of several ranges, in the order of their commits. `refs` has the room of each range. */
export async function listRanges(
  reader: Reader,
  tenantNo: number,
  ranges: readonly Range[],
  refs: ReadonlyMap<number, RoomRef>,
): Promise<Located[]> {
  const found: Located[] = [];
  for (let i = 0; i < ranges.length; i += RANGES) {
    const asked = ranges.slice(i, i + RANGES).map(({ roomNo, from, to }) => [roomNo, from, to]);
    const { marks, values } = numberRows(asked, 2);
    const rows = await reader.all<EventRow & { room_no: number }>(
      `WITH asked (no, low, high) AS (VALUES ${marks}), once (no, low, high) AS (SELECT DISTINCT no, low, high FROM asked)
       SELECT room_no, ${COLUMNS}, ${KEY} FROM once CROSS JOIN events
       WHERE tenant_no = $1 AND room_no = no AND position BETWEEN low AND high`,
      tenantNo,
      ...values,
    );
    for (const row of rows) {
      const at = refs.get(row.room_no)!;
      found.push({ at, event: toEvent(at, row) });
    }
  }
  return found.sort((a, b) => a.event.seq - b.event.seq);
}

/** An event, and where it happened. */
export interface Located {
  readonly at: RoomRef;
  readonly event: StoredEvent;
}

/**
 * A tenant's events after a sequence, in the order of its commits, from at most `limit` rows, and the sequence up to
 * which they are all. Logs that are imported and that nobody sees yet are left out.
 */
export async function listTenantAfter(
  reader: Reader,
  tenantNo: number,
  seq: number,
  limit: number,
): Promise<{ events: Located[]; upTo: number; isEnd: boolean }> {
  const rows = await reader.all<EventRow & { room_no: number; room_id: RoomRef["roomId"] | null }>(
    SQL.ofTenant,
    tenantNo,
    seq,
    limit,
  );
  const events = rows.flatMap((row): Located[] => {
    if (row.room_id === null) return [];
    const at = { tenantNo, roomNo: row.room_no, roomId: row.room_id };
    return [{ at, event: toEvent(at, row) }];
  });
  return { events, upTo: rows.at(-1)?.seq ?? seq, isEnd: rows.length < limit };
}

/** The events at these positions: `forward` oldest first, `back` newest first. */
export async function listAt(
  reader: Reader,
  ref: RoomRef,
  positions: readonly number[],
  direction: "back" | "forward",
): Promise<StoredEvent[]> {
  if (positions.length === 0) return [];
  const sql = direction === "forward" ? SQL.upAt : SQL.downAt;
  const rows = await reader.all<EventRow>(sql, ref.tenantNo, ref.roomNo, JSON.stringify(positions));
  return rows.map((row) => toEvent(ref, row));
}

/** Takes contents and salts off the record, for good: their hashes stay, and so does the chain (EV4). */
export function wipe(tx: Tx, ref: RoomRef, positions: readonly number[]): Promise<number> {
  tx.erased();
  return tx.run(
    `UPDATE events SET content = NULL, salt = NULL
     WHERE tenant_no = $1 AND room_no = $2 AND position IN (SELECT value FROM json_each($3))`,
    ref.tenantNo,
    ref.roomNo,
    JSON.stringify(positions),
  );
}

/** Puts what is left of a content in its place (LC8). Without its salt it cannot be held against its hash any more. */
export async function keepRemainder(tx: Tx, ref: RoomRef, position: number, remainder: string): Promise<void> {
  const event = await findEventAt(tx, ref, position);
  if (event === undefined) return;
  const { content } = toRecord(ref, await findRoomKey(tx, ref), { ...event, content: remainder, salt: null });
  await tx.run(
    "UPDATE events SET content = $4, salt = NULL WHERE tenant_no = $1 AND room_no = $2 AND position = $3",
    ref.tenantNo,
    ref.roomNo,
    position,
    content,
  );
  tx.erased();
}

/** Used by `append` alone. With a key, what the event says is stored sealed. */
export function insertEvent(tx: Tx, ref: RoomRef, key: RoomKey, event: StoredEvent): void {
  const { content, salt } = toRecord(ref, key, event);
  tx.put(
    EVENT,
    ref.tenantNo,
    ref.roomNo,
    event.position,
    event.seq,
    event.eventId,
    event.eventType,
    event.sender,
    event.actedBy,
    event.originTs,
    event.hubTs,
    event.imported ? 1 : 0,
    event.ordinal,
    event.eventUuid,
    content,
    salt,
    event.contentHash,
    event.hash,
  );
}
