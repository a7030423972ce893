import type { Reader, Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

export function insertReply(tx: Tx, ref: RoomRef, target: number, position: number): Promise<number> {
  return tx.run(
    "INSERT INTO replies (tenant_no, room_no, target_position, position) VALUES ($1, $2, $3, $4)",
    ref.tenantNo,
    ref.roomNo,
    target,
    position,
  );
}

/** Replies up to `readableTo` to the messages between two positions, both included: target position to count. */
export async function countReplies(
  reader: Reader,
  ref: RoomRef,
  range: { from: number; to: number; readableTo: number },
): Promise<Map<number, number>> {
  const rows = await reader.all<{ target: number; n: number }>(
    `SELECT target_position AS target, count(*) AS n FROM replies
     WHERE tenant_no = $1 AND room_no = $2 AND target_position BETWEEN $3 AND $4 AND position <= $5
     GROUP BY target_position`,
    ref.tenantNo,
    ref.roomNo,
    range.from,
    range.to,
    Math.min(range.readableTo, Number.MAX_SAFE_INTEGER),
  );
  return new Map(rows.map(({ target, n }) => [target, n]));
}
