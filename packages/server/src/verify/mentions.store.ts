import type { Reader } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

export interface MentionRow {
  position: number;
  seq: number;
  made_position: number;
  /** An FQID, or `@room`. */
  name: string;
}

/** Every mention on record in a room. One of somebody who is nobody has the name "?". */
export function listMentionRows(reader: Reader, ref: RoomRef): Promise<MentionRow[]> {
  return reader.all<MentionRow>(
    `SELECT x.position, x.seq, x.made_position,
       CASE WHEN x.participant_no = 0 THEN '@room' ELSE coalesce(p.fqid, '?') END AS name
     FROM mentions x
     LEFT JOIN participants p ON p.tenant_no = x.tenant_no AND p.participant_no = x.participant_no
     WHERE x.tenant_no = $1 AND x.room_no = $2`,
    ref.tenantNo,
    ref.roomNo,
  );
}
