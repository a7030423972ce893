import type { Reader, Value } from "../db/index.ts";
import { notLeaving } from "../state/index.ts";

/**
 * Archived rooms a person is in, or may restore: nobody is joined and they left by their own will with power 50,
 * or they are a side of the DM (LC3, LC5). Newest first. Walks the person's own rows.
 */
const WHERE = `
  FROM members m JOIN rooms r ON r.tenant_no = m.tenant_no AND r.room_no = m.room_no
  WHERE m.tenant_no = $1 AND m.participant_no = $2 AND r.state = 'archived'
    AND ${notLeaving("$1", "$2", "m.room_no")}
    AND (m.membership = 'join'
      OR (m.membership = 'leave' AND (r.room_type = 'dm'
        OR (r.joined_count = 0 AND m.power_at_leave >= 50))))`;

export interface ArchivedKey {
  archivedAt: number;
  roomNo: number;
}

export async function listArchived(
  reader: Reader,
  { tenantNo, participantNo }: { tenantNo: number; participantNo: number },
  after: ArchivedKey | undefined,
  limit: number,
): Promise<ArchivedKey[]> {
  const values: Value[] = [tenantNo, participantNo, limit];
  const from = after === undefined ? "" : "AND (r.archived_at, r.room_no) < ($4, $5)";
  if (after !== undefined) values.push(after.archivedAt, after.roomNo);
  const rows = await reader.all<{ archived_at: number; room_no: number }>(
    `SELECT r.archived_at, r.room_no ${WHERE} ${from} ORDER BY r.archived_at DESC, r.room_no DESC LIMIT $3`,
    ...values,
  );
  return rows.map((row) => ({ archivedAt: row.archived_at, roomNo: row.room_no }));
}

/** How many there are, counted to one above `most`. */
export async function countArchived(
  reader: Reader,
  { tenantNo, participantNo }: { tenantNo: number; participantNo: number },
  most: number,
): Promise<number> {
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM (SELECT 1 ${WHERE} LIMIT $3) AS found`,
    tenantNo,
    participantNo,
    most + 1,
  );
  return row!.n;
}
