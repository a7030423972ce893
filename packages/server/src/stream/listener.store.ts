import type { NotificationMode } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import { notLeaving } from "../state/index.ts";

/** The rooms a person is joined in, with how they want to hear of each. */
export async function listRoomSettings(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
): Promise<{ roomNo: number; mode: NotificationMode; mutedUntil: number | null }[]> {
  const rows = await reader.all<{ room_no: number; notification_mode: NotificationMode; muted_until: number | null }>(
    `SELECT m.room_no, d.notification_mode, d.muted_until
     FROM members m JOIN reading d
       ON d.tenant_no = m.tenant_no AND d.participant_no = m.participant_no AND d.room_no = m.room_no
     WHERE m.tenant_no = $1 AND m.participant_no = $2 AND m.membership = 'join'
       AND ${notLeaving("$1", "$2", "m.room_no")}`,
    tenantNo,
    participantNo,
  );
  return rows.map((row) => ({ roomNo: row.room_no, mode: row.notification_mode, mutedUntil: row.muted_until }));
}
