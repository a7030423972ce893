import type { Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

const ROOM = "tenant_no = $1 AND room_no = $2";

/** What was made of a log beyond a position, by its table. What a redaction took meanwhile is not brought back. */
const BEYOND = [
  `DELETE FROM events WHERE ${ROOM} AND position > $3`,
  `DELETE FROM signatures WHERE ${ROOM} AND position > $3`,
  `DELETE FROM standings WHERE ${ROOM} AND position > $3`,
  `DELETE FROM mentions WHERE ${ROOM} AND (position > $3 OR made_position > $3)`,
  `DELETE FROM replies WHERE ${ROOM} AND position > $3`,
  `DELETE FROM edits WHERE ${ROOM} AND position > $3`,
  `DELETE FROM reactions WHERE ${ROOM} AND added_position > $3`,
  `UPDATE reactions SET removed_position = NULL WHERE ${ROOM} AND removed_position > $3`,
  `DELETE FROM redactions WHERE ${ROOM} AND redaction_position > $3`,
  `DELETE FROM unlisted WHERE ${ROOM} AND first_position > $3`,
  `UPDATE unlisted SET last_position = $3 WHERE ${ROOM} AND last_position > $3`,
  `DELETE FROM media_refs WHERE ${ROOM} AND position > $3`,
  `DELETE FROM orphans WHERE ${ROOM} AND position > $3`,
];

/** What is counted over all of a room. */
const COUNTED = [
  `DELETE FROM threads WHERE ${ROOM}`,
  `INSERT INTO threads (tenant_no, room_no, target_position, replied, redacted)
   SELECT tenant_no, room_no, target_position, count(*), sum(redacted) FROM replies WHERE ${ROOM}
   GROUP BY tenant_no, room_no, target_position`,
  `DELETE FROM reaction_counts WHERE ${ROOM}`,
  `INSERT INTO reaction_counts (tenant_no, room_no, target_position, mark, standing, first_position)
   SELECT tenant_no, room_no, target_position, mark, count(*), min(added_position) FROM reactions
   WHERE ${ROOM} AND removed_position IS NULL GROUP BY tenant_no, room_no, target_position, mark`,
];

/**
 * Takes back all that a replica's log and its projections have beyond a position, but for the rows of the room and its members,
 * which whoever calls writes anew (FD17). `end`: where the log ends from now on.
 */
export async function rewind(
  tx: Tx,
  { tenantNo, roomNo }: Pick<RoomRef, "tenantNo" | "roomNo">,
  end: { readonly position: number; readonly ordinal: number },
): Promise<void> {
  for (const statement of BEYOND) await tx.run(statement, tenantNo, roomNo, end.position);
  for (const statement of COUNTED) await tx.run(statement, tenantNo, roomNo);
  await tx.run(
    `UPDATE reading SET read_position = $3, read_ordinal = $4 WHERE ${ROOM} AND read_position > $3`,
    tenantNo,
    roomNo,
    end.position,
    end.ordinal,
  );
  tx.erased();
}
