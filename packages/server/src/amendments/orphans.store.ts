import type { Reader, Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

/** The event at a position is about one that is not here: its room's history is another server's, and not fetched yet. */
export function insertOrphan(tx: Tx, ref: RoomRef, targetId: string, position: number): Promise<number> {
  return tx.run(
    "INSERT INTO orphans (tenant_no, room_no, target_id, position) VALUES ($1, $2, $3, $4)",
    ref.tenantNo,
    ref.roomNo,
    targetId,
    position,
  );
}

/** Where the events are that wait for this one, in the order of the log. */
export async function listOrphans(reader: Reader, ref: RoomRef, targetId: string): Promise<number[]> {
  const rows = await reader.all<{ position: number }>(
    "SELECT position FROM orphans WHERE tenant_no = $1 AND room_no = $2 AND target_id = $3 ORDER BY position",
    ref.tenantNo,
    ref.roomNo,
    targetId,
  );
  return rows.map(({ position }) => position);
}

export function deleteOrphans(tx: Tx, ref: RoomRef, targetId: string): Promise<number> {
  return tx.run(
    "DELETE FROM orphans WHERE tenant_no = $1 AND room_no = $2 AND target_id = $3",
    ref.tenantNo,
    ref.roomNo,
    targetId,
  );
}
