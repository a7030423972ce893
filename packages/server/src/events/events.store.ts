import type { EventId, Fqid } from "@stairwell/protocol";
import { MEMBER } from "@stairwell/protocol/room";
import { insertPut, listOf, type Reader, textListOf, type Tx } from "../db/index.ts";
import { toRecord } from "./content-record.ts";
import { COLUMNS, type EventRow, KEY, toEvent } from "./event-row.ts";
import type { Located, RoomRef, StoredEvent } from "./event.ts";
import { findRoomKey, type RoomKey } from "./room-keys.store.ts";

function tenantPage(only: string): string {
  return `SELECT room_no, (SELECT r.room_id FROM rooms r WHERE r.tenant_no = events.tenant_no AND r.room_no = events.room_no)
     AS room_id, ${COLUMNS}, ${KEY} FROM events WHERE tenant_no = $1 AND seq > $2 AND seq < $3 ${only} ORDER BY seq LIMIT $4`;
}

// Built once: a text that is put together at each call costs more to look up than the rows do to read.
const EVENTS = `SELECT ${COLUMNS}, ${KEY} FROM events WHERE tenant_no = $1 AND`;
const SQL = {
  // By the id: the sum keeps a planner that has no statistics from reading all of the room for it.
  byId: `${EVENTS} event_id = $2 AND room_no + 0 = $3`,
  at: `${EVENTS} room_no = $2 AND position = $3`,
  byUuid: `${EVENTS} room_no = $2 AND sender = $3 AND event_uuid = $4`,
  after: `${EVENTS} room_no = $2 AND position > $3 ORDER BY position LIMIT $4`,
  ofTenant: tenantPage(""),
} as const;
const EVENT = insertPut(`INSERT INTO events (tenant_no, room_no, ${COLUMNS})`, 17);

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
    `${EVENTS} room_no + 0 = $2 AND event_id IN (${marks.join(", ")})`,
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

/** Events above `after`, oldest first. */
export async function listAfter(reader: Reader, ref: RoomRef, after: number, limit: number): Promise<StoredEvent[]> {
  const rows = await reader.all<EventRow>(SQL.after, ref.tenantNo, ref.roomNo, after, limit);
  return rows.map((row) => toEvent(ref, row));
}

/** What of a tenant's log is read: after one sequence and before another; of these rooms, where they are named. */
export interface Stretch {
  readonly tenantNo: number;
  readonly after: number;
  readonly before: number;
  /** Events about members come of all rooms. */
  readonly roomNos?: readonly number[] | undefined;
}

/**
 * A tenant's events in the order of its commits, from at most `limit` rows, and the sequence up to which they are all.
 * Logs that are imported and that nobody sees yet are left out.
 */
export async function listTenantBetween(
  reader: Reader,
  { tenantNo, after, before, roomNos }: Stretch,
  limit: number,
): Promise<{ events: Located[]; upTo: number; isEnd: boolean }> {
  const bounds = [tenantNo, after, Math.min(before, Number.MAX_SAFE_INTEGER), limit];
  const { sql, values } = roomNos === undefined ? { sql: SQL.ofTenant, values: [] } : ofRooms(roomNos);
  const found = await reader.all<TenantRow>(sql, ...bounds, ...values);
  const newest = found[0]?.newest ?? after;
  const rows = found.filter(({ seq }) => seq !== null);
  const events = rows.flatMap((row): Located[] => {
    if (row.room_id === null) return [];
    const at = { tenantNo, roomNo: row.room_no, roomId: row.room_id };
    return [{ at, event: toEvent(at, row) }];
  });
  const isEnd = rows.length < limit;
  return { events, upTo: Math.max(rows.at(-1)?.seq ?? after, isEnd ? newest : after), isEnd };
}

interface TenantRow extends EventRow {
  room_no: number;
  room_id: RoomRef["roomId"] | null;
  /** Only where rooms are named: the newest of all rooms, also where nothing is of these. */
  newest?: number | null;
}

function ofRooms(roomNos: readonly number[]): { sql: string; values: readonly number[] } {
  const { marks, values } = listOf(roomNos.length === 0 ? [0] : roomNos, 5);
  const only = `AND (event_type = '${MEMBER}' OR room_no IN (${marks.join(",")}))`;
  return {
    sql: `SELECT end_of.newest, page.* FROM (SELECT max(seq) AS newest FROM events WHERE tenant_no = $1 AND seq < $3) AS end_of
      LEFT JOIN (${tenantPage(only)}) AS page ON true ORDER BY page.seq`,
    values,
  };
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
