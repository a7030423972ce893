import { LIMITS, type WorkspaceId } from "@stairwell/protocol";
import type { Reader, Tx } from "../db/index.ts";
import type { WorkspaceRole } from "./workspace.ts";

export interface WorkspaceMemberRow {
  participant_no: number;
  role: WorkspaceRole;
}

/** Somebody's role in a workspace; undefined for no member, and for a workspace that is not there. */
export async function roleIn(
  reader: Reader,
  tenantNo: number,
  workspaceId: string,
  participantNo: number,
): Promise<WorkspaceRole | undefined> {
  const row = await reader.get<{ role: WorkspaceRole }>(
    "SELECT role FROM workspace_members WHERE tenant_no = $1 AND workspace_id = $2 AND participant_no = $3",
    tenantNo,
    workspaceId,
    participantNo,
  );
  return row?.role;
}

export async function setRole(
  tx: Tx,
  tenantNo: number,
  workspaceId: WorkspaceId,
  participantNo: number,
  role: WorkspaceRole,
): Promise<void> {
  await tx.run(
    "INSERT INTO workspace_members (tenant_no, workspace_id, participant_no, role) VALUES ($1, $2, $3, $4) " +
      "ON CONFLICT (tenant_no, workspace_id, participant_no) DO UPDATE SET role = excluded.role",
    tenantNo,
    workspaceId,
    participantNo,
    role,
  );
}

export async function removeMember(
  tx: Tx,
  tenantNo: number,
  workspaceId: WorkspaceId,
  participantNo: number,
): Promise<void> {
  await tx.run(
    "DELETE FROM workspace_members WHERE tenant_no = $1 AND workspace_id = $2 AND participant_no = $3",
    tenantNo,
    workspaceId,
    participantNo,
  );
}

/** Whether anybody but this member is an owner. */
export async function hasOtherOwner(
  reader: Reader,
  tenantNo: number,
  workspaceId: WorkspaceId,
  participantNo: number,
): Promise<boolean> {
  const row = await reader.get(
    "SELECT 1 FROM workspace_members WHERE tenant_no = $1 AND workspace_id = $2 AND participant_no <> $3 AND role = 'owner' LIMIT 1",
    tenantNo,
    workspaceId,
    participantNo,
  );
  return row !== undefined;
}

/** Members in the order their participants were made, from after a number on. */
export async function listMembersOf(
  reader: Reader,
  tenantNo: number,
  workspaceId: WorkspaceId,
  after: number,
  limit: number,
): Promise<WorkspaceMemberRow[]> {
  return reader.all<WorkspaceMemberRow>(
    "SELECT participant_no, role FROM workspace_members WHERE tenant_no = $1 AND workspace_id = $2 AND participant_no > $3 " +
      "ORDER BY participant_no LIMIT $4",
    tenantNo,
    workspaceId,
    after,
    limit,
  );
}

/** Stops at one more than `total` tells exactly (AP7). */
export async function countMembersOf(reader: Reader, tenantNo: number, workspaceId: WorkspaceId): Promise<number> {
  const row = await reader.get<{ count: number }>(
    "SELECT count(*) AS count FROM (SELECT 1 FROM workspace_members WHERE tenant_no = $1 AND workspace_id = $2 LIMIT $3) AS found",
    tenantNo,
    workspaceId,
    LIMITS.exactTotal + 1,
  );
  return row?.count ?? 0;
}
