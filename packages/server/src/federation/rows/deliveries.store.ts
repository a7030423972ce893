import type { RoomType } from "@stairwell/protocol/room";
import type { Reader, Tx } from "../../db/index.ts";
import type { RoomRef } from "../../events/index.ts";

type Room = Pick<RoomRef, "tenantNo" | "roomNo">;

/** How a room is shared with another server. */
export interface Delivery {
  readonly serverName: string;
  readonly roomNo: number;
  readonly joined: number;
  readonly invited: number;
  readonly firstPosition: number | null;
  readonly confirmedPosition: number;
  readonly lastPosition: number | null;
  /** How often in a row it has not taken the room. */
  readonly tries: number;
}

interface Row {
  server_name: string;
  room_no: number;
  joined: number;
  invited: number;
  first_position: number | null;
  confirmed_position: number;
  last_position: number | null;
  tries: number;
}

const DELIVERY =
  "SELECT server_name, room_no, joined, invited, first_position, confirmed_position, last_position, tries FROM deliveries";

function toDelivery(row: Row): Delivery {
  return {
    serverName: row.server_name,
    roomNo: row.room_no,
    joined: row.joined,
    invited: row.invited,
    firstPosition: row.first_position,
    confirmedPosition: row.confirmed_position,
    lastPosition: row.last_position,
    tries: row.tries,
  };
}

export async function findDelivery(reader: Reader, at: Room, serverName: string): Promise<Delivery | undefined> {
  const row = await reader.get<Row>(
    `${DELIVERY} WHERE tenant_no = $1 AND server_name = $2 AND room_no = $3`,
    at.tenantNo,
    serverName,
    at.roomNo,
  );
  return row && toDelivery(row);
}

/** With whom a room is, or was, shared. */
export async function listDeliveriesOf(reader: Reader, at: Room): Promise<Delivery[]> {
  const rows = await reader.all<Row>(
    `${DELIVERY} WHERE tenant_no = $1 AND room_no = $2 ORDER BY server_name`,
    at.tenantNo,
    at.roomNo,
  );
  return rows.map(toDelivery);
}

/**
 * Whom a room was ever shared with, with their people in it; writes what changed. It is tried again at once: what becomes of
 * its own people is what a server is to hear soonest.
 */
export async function saveDelivery(tx: Tx, at: Room, delivery: Omit<Delivery, "roomNo" | "tries">): Promise<void> {
  await tx.run(
    `INSERT INTO deliveries (tenant_no, server_name, room_no, joined, invited, first_position, confirmed_position, last_position)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (tenant_no, server_name, room_no) DO UPDATE SET joined = excluded.joined, invited = excluded.invited,
       first_position = excluded.first_position, last_position = excluded.last_position, next_try_at = NULL,
       confirmed_position = CASE WHEN deliveries.first_position IS NULL THEN excluded.confirmed_position
         ELSE deliveries.confirmed_position END`,
    at.tenantNo,
    delivery.serverName,
    at.roomNo,
    delivery.joined,
    delivery.invited,
    delivery.firstPosition,
    delivery.confirmedPosition,
    delivery.lastPosition,
  );
}

/** Everybody whom a room is shared with is due it up to a position, and no further; nobody of theirs is in it any more. */
export function endDeliveries(tx: Tx, at: Room, lastPosition: number): Promise<number> {
  return tx.run(
    `UPDATE deliveries SET joined = 0, invited = 0, last_position = coalesce(last_position, $3)
     WHERE tenant_no = $1 AND room_no = $2`,
    at.tenantNo,
    at.roomNo,
    lastPosition,
  );
}

/** Keeps the canonical state that a server is handed with its first join, until it confirms something of the log. */
export function saveHandover(tx: Tx, at: Room, serverName: string, state: string): Promise<number> {
  return tx.run(
    "UPDATE deliveries SET handover = $4 WHERE tenant_no = $1 AND server_name = $2 AND room_no = $3",
    at.tenantNo,
    serverName,
    at.roomNo,
    state,
  );
}

/** What `saveHandover` kept for a join, by its position; undefined where nothing is to be handed over again. */
export async function findHandover(
  reader: Reader,
  at: Room,
  serverName: string,
  position: number,
): Promise<string | undefined> {
  const row = await reader.get<{ handover: string | null }>(
    `SELECT handover FROM deliveries
     WHERE tenant_no = $1 AND server_name = $2 AND room_no = $3 AND first_position = $4`,
    at.tenantNo,
    serverName,
    at.roomNo,
    position,
  );
  return row?.handover ?? undefined;
}

/** What is kept of a room for a server that has not confirmed anything of it yet. */
export async function findHandoverOf(reader: Reader, at: Room, serverName: string): Promise<string | undefined> {
  const row = await reader.get<{ handover: string | null }>(
    "SELECT handover FROM deliveries WHERE tenant_no = $1 AND server_name = $2 AND room_no = $3",
    at.tenantNo,
    serverName,
    at.roomNo,
  );
  return row?.handover ?? undefined;
}

/** A server has said how much of a log it has; never less than it said before. */
export function confirm(tx: Tx, at: Room, serverName: string, position: number): Promise<number> {
  return tx.run(
    `UPDATE deliveries SET confirmed_position = $4, handover = NULL, tries = 0, last_error = NULL, next_try_at = NULL
     WHERE tenant_no = $1 AND server_name = $2 AND room_no = $3 AND confirmed_position < $4`,
    at.tenantNo,
    serverName,
    at.roomNo,
    position,
  );
}

/** A server has not taken a room: it is set aside, so that the others go on, until a time (Unix milliseconds). */
export function setAside(
  tx: Tx,
  room: Room,
  serverName: string,
  { error, tries, until }: { readonly error: string; readonly tries: number; readonly until: number },
): Promise<number> {
  return tx.run(
    `UPDATE deliveries SET tries = $4, last_error = $5, next_try_at = $6
     WHERE tenant_no = $1 AND server_name = $2 AND room_no = $3`,
    room.tenantNo,
    serverName,
    room.roomNo,
    tries,
    error,
    until,
  );
}

/** What a server did not take is sent again at once, however long it was to wait. */
export function sendAgain(tx: Tx, room: Room, serverName: string): Promise<number> {
  return tx.run(
    "UPDATE deliveries SET next_try_at = NULL WHERE tenant_no = $1 AND server_name = $2 AND room_no = $3",
    room.tenantNo,
    serverName,
    room.roomNo,
  );
}

/** What a room's log has beyond what a server confirmed: its number, and the positions that are due. */
export interface DueRoom {
  readonly roomNo: number;
  readonly roomId: RoomRef["roomId"];
  readonly roomType: RoomType;
  /** Where its first of them joined. */
  readonly firstPosition: number;
  readonly from: number;
  readonly to: number;
}

interface DueRow {
  room_no: number;
  room_id: RoomRef["roomId"];
  room_type: RoomType;
  first_position: number;
  confirmed: number;
  due: number;
}

/** Which of the rooms that are due are asked for. */
interface Which {
  /** Unix milliseconds. */
  readonly now: number;
  /** How far some are told beyond what is noted. */
  readonly told: ReadonlyMap<number, number>;
  /** The room whose log was the last to have its turn. */
  readonly after: number;
  readonly limit: number;
}

const DUE = `SELECT room_no, room_id, room_type, first_position, confirmed, due FROM (
     SELECT d.room_no, r.room_id, r.room_type, d.first_position, d.confirmed_position AS confirmed, coalesce(d.last_position, (
       SELECT max(e.position) FROM events e WHERE e.tenant_no = d.tenant_no AND e.room_no = d.room_no)) AS due
     FROM deliveries d JOIN rooms r ON r.tenant_no = d.tenant_no AND r.room_no = d.room_no
     WHERE d.tenant_no = $1 AND d.server_name = $2 AND d.first_position IS NOT NULL
       AND (d.next_try_at IS NULL OR d.next_try_at <= $3) AND d.room_no > $4 AND d.room_no <= $5) AS shared
   WHERE confirmed < due ORDER BY room_no LIMIT $6`;
/** No room has a number beyond it. */
const LAST_ROOM = Number.MAX_SAFE_INTEGER;

/**
 * Rooms of which a server is due more and that are not set aside at a time: those behind the room `after`, by their numbers,
 * and then from the first on, so that whoever asks with the last it was told gives each its turn.
 */
export async function listDue(
  reader: Reader,
  tenantNo: number,
  serverName: string,
  { now, told, after, limit }: Which,
): Promise<DueRoom[]> {
  const most = limit + told.size;
  const rows: DueRow[] = [];
  // In two parts, so that each is read in the order of its index, and no further than it is wanted.
  for (const [low, high] of [
    [after, LAST_ROOM],
    [0, after],
  ] as const) {
    if (rows.length === most || low === high) continue;
    rows.push(...(await reader.all<DueRow>(DUE, tenantNo, serverName, now, low, high, most - rows.length)));
  }
  const rooms = rows.map((row) => ({
    roomNo: row.room_no,
    roomId: row.room_id,
    roomType: row.room_type,
    firstPosition: row.first_position,
    from: Math.max(row.confirmed, told.get(row.room_no) ?? 0) + 1,
    to: row.due,
  }));
  return rooms.filter(({ from, to }) => from <= to).slice(0, limit);
}

/** Open direct rooms with somebody of a server in them and nobody of ours, counted to `upTo`. */
export async function countWaitingDms(
  reader: Reader,
  tenantNo: number,
  serverName: string,
  upTo: number,
): Promise<number> {
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM (
       SELECT 1 FROM deliveries d JOIN rooms r ON r.tenant_no = d.tenant_no AND r.room_no = d.room_no
       WHERE d.tenant_no = $1 AND d.server_name = $2 AND d.joined = 1 AND r.room_type = 'dm' AND r.joined_count = 1
         AND r.state = 'open' LIMIT $3) AS waiting`,
    tenantNo,
    serverName,
    upTo,
  );
  return row!.n;
}

/**
 * Whether a room is, was or is to be shared with a server: one of either side was offered to the other, or people of both
 * are in the room of a third (FD11).
 */
export async function isAcquainted(reader: Reader, tenantNo: number, serverName: string): Promise<boolean> {
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM (
       SELECT 1 FROM deliveries WHERE tenant_no = $1 AND server_name = $2
       UNION ALL SELECT 1 FROM replicas p JOIN rooms r ON r.tenant_no = p.tenant_no AND r.room_no = p.room_no
       WHERE p.tenant_no = $1 AND r.hub = $2
       UNION ALL SELECT 1 FROM participants w JOIN members m ON m.tenant_no = w.tenant_no
         AND m.participant_no = w.participant_no AND m.membership = 'join'
       WHERE w.tenant_no = $1 AND w.server_name = $2 AND w.participant_type = 'federated') AS shared`,
    tenantNo,
    serverName,
  );
  return row!.n > 0;
}
