import type { Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

const ROOM = "tenant_no = $1 AND room_no = $2";

const BEYOND = [
  `DELETE FROM edits WHERE ${ROOM} AND position > $3`,
  `DELETE FROM reactions WHERE ${ROOM} AND added_position > $3`,
  `UPDATE reactions SET removed_position = NULL WHERE ${ROOM} AND removed_position > $3`,
  `DELETE FROM redactions WHERE ${ROOM} AND redaction_position > $3`,
  `DELETE FROM unlisted WHERE ${ROOM} AND first_position > $3`,
  `UPDATE unlisted SET last_position = $3 WHERE ${ROOM} AND last_position > $3`,
  `DELETE FROM orphans WHERE ${ROOM} AND position > $3`,
];

/** A log is given up beyond a position (FD17). What a redaction there has deleted does not come back. */
export async function rewindAmendments(
  tx: Tx,
  { tenantNo, roomNo }: Pick<RoomRef, "tenantNo" | "roomNo">,
  position: number,
): Promise<void> {
  for (const statement of BEYOND) await tx.run(statement, tenantNo, roomNo, position);
  await tx.run(`DELETE FROM reaction_counts WHERE ${ROOM}`, tenantNo, roomNo);
  await tx.run(
    `INSERT INTO reaction_counts (tenant_no, room_no, target_position, mark, standing, first_position)
     SELECT tenant_no, room_no, target_position, mark, count(*), min(added_position) FROM reactions
     WHERE ${ROOM} AND removed_position IS NULL GROUP BY tenant_no, room_no, target_position, mark`,
    tenantNo,
    roomNo,
  );
}
