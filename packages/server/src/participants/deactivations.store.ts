import type { Reader, Tx } from "../db/index.ts";

/** Somebody who was deactivated and has not left all their rooms yet. */
export interface Deactivation {
  readonly tenantNo: number;
  readonly participantNo: number;
  /** Rooms up to this number are left. */
  readonly doneRoomNo: number;
}

interface DeactivationRow {
  tenant_no: number;
  participant_no: number;
  done_room_no: number;
}

export async function insertDeactivation(tx: Tx, tenantNo: number, participantNo: number): Promise<void> {
  await tx.run(
    "INSERT INTO deactivations (tenant_no, participant_no, done_room_no) VALUES ($1, $2, 0)",
    tenantNo,
    participantNo,
  );
}

/** Everybody who still has rooms to leave. */
export async function listDeactivations(reader: Reader): Promise<Deactivation[]> {
  const rows = await reader.all<DeactivationRow>(
    "SELECT tenant_no, participant_no, done_room_no FROM deactivations ORDER BY tenant_no, participant_no",
  );
  return rows.map((row) => ({
    tenantNo: row.tenant_no,
    participantNo: row.participant_no,
    doneRoomNo: row.done_room_no,
  }));
}

/** Whether somebody still has rooms to leave. */
export async function isLeaving(reader: Reader, tenantNo: number, participantNo: number): Promise<boolean> {
  const row = await reader.get(
    "SELECT 1 FROM deactivations WHERE tenant_no = $1 AND participant_no = $2",
    tenantNo,
    participantNo,
  );
  return row !== undefined;
}

export async function advanceDeactivation(
  tx: Tx,
  { tenantNo, participantNo, doneRoomNo }: Deactivation,
): Promise<void> {
  await tx.run(
    "UPDATE deactivations SET done_room_no = $3 WHERE tenant_no = $1 AND participant_no = $2",
    tenantNo,
    participantNo,
    doneRoomNo,
  );
}

export async function endDeactivation(
  tx: Tx,
  { tenantNo, participantNo }: Pick<Deactivation, "tenantNo" | "participantNo">,
): Promise<void> {
  await tx.run("DELETE FROM deactivations WHERE tenant_no = $1 AND participant_no = $2", tenantNo, participantNo);
}
