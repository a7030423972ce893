import type { Reader } from "../../db/index.ts";

/** The rooms that one of ours is in and that are shared, with their hubs. */
export async function listSharedRooms(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
): Promise<{ roomNo: number; hub: string }[]> {
  const rows = await reader.all<{ room_no: number; hub: string }>(
    `SELECT r.room_no, r.hub FROM members m JOIN rooms r ON r.tenant_no = m.tenant_no AND r.room_no = m.room_no
     WHERE m.tenant_no = $1 AND m.participant_no = $2 AND m.membership = 'join' AND r.federated = 1`,
    tenantNo,
    participantNo,
  );
  return rows.map((row) => ({ roomNo: row.room_no, hub: row.hub }));
}

/** The servers whose people are in a room, but ours. */
export async function listServersIn(reader: Reader, tenantNo: number, roomNo: number): Promise<string[]> {
  const rows = await reader.all<{ server_name: string }>(
    `SELECT DISTINCT p.server_name FROM members m
     JOIN participants p ON p.tenant_no = m.tenant_no AND p.participant_no = m.participant_no
     WHERE m.tenant_no = $1 AND m.room_no = $2 AND m.membership = 'join' AND p.participant_type = 'federated'`,
    tenantNo,
    roomNo,
  );
  return rows.map((row) => row.server_name);
}
