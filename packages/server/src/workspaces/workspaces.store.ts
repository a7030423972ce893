import { LIMITS, type WorkspaceId } from "@stairwell/protocol";
import type { Reader, Tx } from "../db/index.ts";
import type { Workspace, WorkspaceRole } from "./workspace.ts";

interface WorkspaceRow {
  workspace_id: WorkspaceId;
  slug: string;
  name: string;
  personal_of: number | null;
  created_at: number;
  role: WorkspaceRole;
}

const WORKSPACE_OF =
  "SELECT w.workspace_id, w.slug, w.name, w.personal_of, w.created_at, m.role FROM workspace_members m " +
  "JOIN workspaces w ON w.tenant_no = m.tenant_no AND w.workspace_id = m.workspace_id";

/** A workspace and one member's role in it; undefined when there is none, or they are no member. */
export async function findWorkspace(
  reader: Reader,
  tenantNo: number,
  workspaceId: string,
  participantNo: number,
): Promise<Workspace | undefined> {
  const row = await reader.get<WorkspaceRow>(
    `${WORKSPACE_OF} WHERE m.tenant_no = $1 AND m.workspace_id = $2 AND m.participant_no = $3`,
    tenantNo,
    workspaceId,
    participantNo,
  );
  return row && toWorkspace(row);
}

/** The workspaces somebody is a member of, oldest first, from after an id on. */
export async function listWorkspacesOf(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
  after: string,
  limit: number,
): Promise<Workspace[]> {
  const rows = await reader.all<WorkspaceRow>(
    `${WORKSPACE_OF} WHERE m.tenant_no = $1 AND m.participant_no = $2 AND m.workspace_id > $3 ORDER BY m.workspace_id LIMIT $4`,
    tenantNo,
    participantNo,
    after,
    limit,
  );
  return rows.map(toWorkspace);
}

/** Stops at one more than `total` tells exactly (AP7). */
export async function countWorkspacesOf(reader: Reader, tenantNo: number, participantNo: number): Promise<number> {
  const row = await reader.get<{ count: number }>(
    "SELECT count(*) AS count FROM (SELECT 1 FROM workspace_members WHERE tenant_no = $1 AND participant_no = $2 LIMIT $3) AS found",
    tenantNo,
    participantNo,
    LIMITS.exactTotal + 1,
  );
  return row?.count ?? 0;
}

export async function findBySlug(reader: Reader, tenantNo: number, slug: string): Promise<WorkspaceId | undefined> {
  const row = await reader.get<{ workspace_id: WorkspaceId }>(
    "SELECT workspace_id FROM workspaces WHERE tenant_no = $1 AND slug = $2",
    tenantNo,
    slug,
  );
  return row?.workspace_id;
}

export async function insertWorkspace(
  tx: Tx,
  tenantNo: number,
  workspace: Pick<Workspace, "workspaceId" | "slug" | "name" | "personalOf">,
): Promise<void> {
  await tx.run(
    "INSERT INTO workspaces (tenant_no, workspace_id, slug, name, personal_of, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    tenantNo,
    workspace.workspaceId,
    workspace.slug,
    workspace.name,
    workspace.personalOf,
    tx.now,
  );
}

export async function renameWorkspace(
  tx: Tx,
  tenantNo: number,
  { workspaceId, slug, name }: Pick<Workspace, "workspaceId" | "slug" | "name">,
): Promise<void> {
  await tx.run(
    "UPDATE workspaces SET slug = $3, name = $4 WHERE tenant_no = $1 AND workspace_id = $2",
    tenantNo,
    workspaceId,
    slug,
    name,
  );
}

/** Its members go with it. */
export async function removeWorkspace(tx: Tx, tenantNo: number, workspaceId: WorkspaceId): Promise<void> {
  await tx.run("DELETE FROM workspaces WHERE tenant_no = $1 AND workspace_id = $2", tenantNo, workspaceId);
}

function toWorkspace(row: WorkspaceRow): Workspace {
  return {
    workspaceId: row.workspace_id,
    slug: row.slug,
    name: row.name,
    personalOf: row.personal_of,
    createdAt: row.created_at,
    role: row.role,
  };
}
