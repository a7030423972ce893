import type { Tx } from "../db/index.ts";

const KEYS = {
  edits: "target_position, position",
  reactions: "target_position, mark, added_position",
  reaction_counts: "target_position, mark",
  redactions: "position",
  unlisted: "first_position",
} as const;

/** Takes rows of a log that no room is made of off the record, at most so many of each kind; answers how many. */
export async function forgetAmendments(
  tx: Tx,
  { tenantNo, roomNo }: { tenantNo: number; roomNo: number },
  most: number,
): Promise<number> {
  let forgotten = 0;
  for (const [table, keys] of Object.entries(KEYS)) {
    forgotten += await tx.run(
      `DELETE FROM ${table} WHERE tenant_no = $1 AND room_no = $2 AND (${keys}) IN
         (SELECT ${keys} FROM ${table} WHERE tenant_no = $1 AND room_no = $2 LIMIT $3)`,
      tenantNo,
      roomNo,
      most,
    );
  }
  return forgotten;
}
