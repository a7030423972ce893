import { numberMarks, type Reader, type Tx } from "../db/index.ts";
import { COLUMNS, type EventRow, KEY, toEvent } from "./event-row.ts";
import type { RoomRef, StoredEvent } from "./event.ts";

/** Positions of a room that follow each other, both ends included. */
interface Stretch {
  low: number;
  high: number;
}

/** Stretches a statement: where many more are joined, a planner without statistics reads the whole tenant instead. */
const MOST = 32;
const texts = new Map<number, string>();

/** The room stands with each stretch: by itself it would be what a planner without statistics looks for. */
function textOf(stretches: number): string {
  let text = texts.get(stretches);
  if (text === undefined) {
    text = `WITH asked (no, low, high) AS (VALUES ${numberMarks(stretches, 3, 2)})
      SELECT ${COLUMNS}, ${KEY} FROM asked CROSS JOIN events
      WHERE tenant_no = $1 AND room_no = no AND position BETWEEN low AND high`;
    texts.set(stretches, text);
  }
  return text;
}

/** The events at these positions: `forward` oldest first, `back` newest first. */
export async function listAt(
  reader: Reader,
  ref: RoomRef,
  positions: readonly number[],
  direction: "back" | "forward",
): Promise<StoredEvent[]> {
  const stretches = stretchesOf(positions);
  const rows: EventRow[] = [];
  for (let at = 0; at < stretches.length; at += MOST) {
    const asked = padded(stretches.slice(at, at + MOST));
    const values = asked.flatMap(({ low, high }) => [ref.roomNo, low, high]);
    rows.push(...(await reader.all<EventRow>(textOf(asked.length), ref.tenantNo, ...values)));
  }
  const sign = direction === "forward" ? 1 : -1;
  return rows.sort((a, b) => sign * (a.position - b.position)).map((row) => toEvent(ref, row));
}

/** Takes contents and salts off the record, for good: their hashes stay, and so does the chain (EV4). */
export async function wipe(tx: Tx, ref: RoomRef, positions: readonly number[]): Promise<void> {
  tx.erased();
  for (const { low, high } of stretchesOf(positions)) {
    await tx.run(
      `UPDATE events SET content = NULL, salt = NULL
       WHERE tenant_no = $1 AND room_no = $2 AND position BETWEEN $3 AND $4`,
      ref.tenantNo,
      ref.roomNo,
      low,
      high,
    );
  }
}

/** What lies together of some positions, lowest first. */
function stretchesOf(positions: readonly number[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const position of [...new Set(positions)].toSorted((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last?.high === position - 1) last.high = position;
    else stretches.push({ low: position, high: position });
  }
  return stretches;
}

/** To a power of two, by stretches in which nothing lies: lists of all lengths share a few prepared statements. */
function padded(stretches: Stretch[]): Stretch[] {
  const slots = 2 ** Math.ceil(Math.log2(stretches.length));
  return Array.from({ length: slots }, (_, i) => stretches[i] ?? { low: 1, high: 0 });
}
