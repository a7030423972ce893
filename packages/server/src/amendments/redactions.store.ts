import { listed, type Reader, type Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

const REDACTIONS = listed<{ position: number; redaction_position: number }>(
  3,
  (positions) =>
    `SELECT position, redaction_position FROM redactions WHERE tenant_no = $1 AND room_no = $2 AND position IN ${positions}`,
);

/** Records whose contents a redaction took: its target's, and those of the target's edits and reactions. */
export function insertRedactions(
  tx: Tx,
  ref: RoomRef,
  positions: readonly number[],
  redactionPosition: number,
): Promise<number> {
  return tx.run(
    `INSERT INTO redactions (tenant_no, room_no, position, redaction_position)
     SELECT $1, $2, value, $4 FROM json_each($3)`,
    ref.tenantNo,
    ref.roomNo,
    JSON.stringify(positions),
    redactionPosition,
  );
}

/** The position of the redaction that took the content of the event at a position. */
export async function findRedaction(reader: Reader, ref: RoomRef, position: number): Promise<number | undefined> {
  return (await redactionsOf(reader, ref, [position])).get(position);
}

/** As `findRedaction`, for several events: position to redaction position. */
export async function redactionsOf(
  reader: Reader,
  ref: RoomRef,
  positions: readonly number[],
): Promise<Map<number, number>> {
  const rows = await REDACTIONS(reader, [ref.tenantNo, ref.roomNo], positions);
  return new Map(rows.map((row) => [row.position, row.redaction_position]));
}
