import type { RoomLife, RoomType } from "@stairwell/protocol/room";
import type { ParticipantType } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";

/** How many participants there are of each type, in and out. Read off an index of just that. */
export function countParticipants(
  reader: Reader,
  tenantNo: number,
): Promise<{ participant_type: ParticipantType; is_active: 0 | 1; n: number }[]> {
  return reader.all(
    `SELECT participant_type, deactivated_at IS NULL AS is_active, count(*) AS n FROM participants
     WHERE tenant_no = $1 GROUP BY participant_type, deactivated_at IS NULL`,
    tenantNo,
  );
}

/** How many rooms there are of each type and state. Read off an index of just that. */
export function countRooms(
  reader: Reader,
  tenantNo: number,
): Promise<{ room_type: RoomType; state: RoomLife; n: number }[]> {
  return reader.all(
    "SELECT room_type, state, count(*) AS n FROM rooms WHERE tenant_no = $1 GROUP BY room_type, state",
    tenantNo,
  );
}
