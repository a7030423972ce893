import type { Reader } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

/** The rows of a room's amendments, each as one text: as `AmendmentCheck` writes what it expects. */
const ROWS = {
  edits: "SELECT target_position || ' ' || position AS row FROM edits WHERE tenant_no = $1 AND room_no = $2",
  reactions: `SELECT concat_ws(' ', target_position, mark, coalesce(fqid, CAST(participant_no AS TEXT)),
      added_position, removed_position) AS row
    FROM reactions LEFT JOIN participants USING (tenant_no, participant_no) WHERE tenant_no = $1 AND room_no = $2`,
  reaction_counts: `SELECT concat_ws(' ', target_position, mark, standing, first_position) AS row
    FROM reaction_counts WHERE tenant_no = $1 AND room_no = $2`,
  unlisted: "SELECT first_position || ' ' || last_position AS row FROM unlisted WHERE tenant_no = $1 AND room_no = $2",
} as const;

export type AmendmentTable = keyof typeof ROWS;

export async function amendmentRows(reader: Reader, ref: RoomRef, table: AmendmentTable): Promise<string[]> {
  const rows = await reader.all<{ row: string }>(ROWS[table], ref.tenantNo, ref.roomNo);
  return rows.map(({ row }) => row);
}

/** Position of each event of a room whose content a redaction took, to the redaction's. */
export async function redactionRows(reader: Reader, ref: RoomRef): Promise<Map<number, number>> {
  const rows = await reader.all<{ position: number; redaction_position: number }>(
    "SELECT position, redaction_position FROM redactions WHERE tenant_no = $1 AND room_no = $2",
    ref.tenantNo,
    ref.roomNo,
  );
  return new Map(rows.map((row) => [row.position, row.redaction_position]));
}

/** Positions of a replica's events that came without their contents. */
export async function unsaidRows(reader: Reader, ref: RoomRef): Promise<Set<number>> {
  const rows = await reader.all<{ position: number }>(
    "SELECT position FROM unsaid WHERE tenant_no = $1 AND room_no = $2",
    ref.tenantNo,
    ref.roomNo,
  );
  return new Set(rows.map(({ position }) => position));
}
