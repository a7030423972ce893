import type { Reader, Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

export function insertEdit(tx: Tx, ref: RoomRef, target: number, position: number): Promise<number> {
  return tx.run(
    "INSERT INTO edits (tenant_no, room_no, target_position, position) VALUES ($1, $2, $3, $4)",
    ref.tenantNo,
    ref.roomNo,
    target,
    position,
  );
}

/** The newest edit, up to a position, of each of these events that has one: target position to edit position. */
export async function newestEdits(
  reader: Reader,
  ref: RoomRef,
  targets: readonly number[],
  upTo: number,
): Promise<Map<number, number>> {
  const rows = await reader.all<{ target: number; position: number | null }>(
    `SELECT t.value AS target,
       (SELECT e.position FROM edits e WHERE e.tenant_no = $1 AND e.room_no = $2 AND e.target_position = t.value
          AND e.position <= $4 ORDER BY e.position DESC LIMIT 1) AS position
     FROM json_each($3) t`,
    ref.tenantNo,
    ref.roomNo,
    JSON.stringify(targets),
    Math.min(upTo, Number.MAX_SAFE_INTEGER),
  );
  return new Map(rows.flatMap(({ target, position }) => (position === null ? [] : [[target, position]])));
}

export async function listEditsOf(reader: Reader, ref: RoomRef, target: number): Promise<number[]> {
  const rows = await reader.all<{ position: number }>(
    "SELECT position FROM edits WHERE tenant_no = $1 AND room_no = $2 AND target_position = $3",
    ref.tenantNo,
    ref.roomNo,
    target,
  );
  return rows.map(({ position }) => position);
}

export function deleteEditsOf(tx: Tx, ref: RoomRef, target: number): Promise<number> {
  return tx.run(
    "DELETE FROM edits WHERE tenant_no = $1 AND room_no = $2 AND target_position = $3",
    ref.tenantNo,
    ref.roomNo,
    target,
  );
}
