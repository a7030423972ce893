import { numberRows, type Reader } from "../db/index.ts";
import { COLUMNS, type EventRow, KEY, toEvent } from "./event-row.ts";
import type { Located, RoomRef } from "./event.ts";

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
