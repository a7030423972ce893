import { listOf, type Reader } from "../db/index.ts";
import type { RoomRef } from "./event.ts";

/** Where a room's log ends. */
export interface Head {
  position: number;
  hash: string;
  ordinal: number;
  seq: number;
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

/** The numbers of rooms that have events above one sequence, up to another: both are said, so that few are looked for. */
export async function listRoomsAfter(reader: Reader, tenantNo: number, seq: number, upTo: number): Promise<number[]> {
  const rows = await reader.all<{ room_no: number }>(
    "SELECT DISTINCT room_no FROM events WHERE tenant_no = $1 AND seq > $2 AND seq <= $3",
    tenantNo,
    seq,
    upTo,
  );
  return rows.map((row) => row.room_no);
}

/** The place after the event with this very sequence. */
export function findPlaceAt(reader: Reader, tenantNo: number, seq: number): Promise<Place | undefined> {
  return reader.get<Place>("SELECT seq, hash FROM events WHERE tenant_no = $1 AND seq = $2", tenantNo, seq);
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

/** When the tenant's first event above a sequence was made, Unix milliseconds. */
export async function findTimeAfter(reader: Reader, tenantNo: number, seq: number): Promise<number | undefined> {
  const row = await reader.get<{ hub_ts: number }>(
    "SELECT hub_ts FROM events WHERE tenant_no = $1 AND seq > $2 ORDER BY seq LIMIT 1",
    tenantNo,
    seq,
  );
  return row?.hub_ts;
}
