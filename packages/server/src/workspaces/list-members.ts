import type { Db } from "../db/index.ts";
import { type Total, totalOf } from "../lib/page.ts";
import { getMany, type Participant } from "../participants/index.ts";
import { countMembersOf, listMembersOf } from "./members.store.ts";
import { requireRole } from "./require-role.ts";
import type { WorkspaceRole } from "./workspace.ts";

/** A page of a workspace's members; any member may see them (AP7). */
export function listWorkspaceMembers(
  db: Db,
  caller: { tenantNo: number; participantNo: number },
  workspaceId: string,
  after: number | undefined,
  limit: number,
): Promise<{ rows: { participant: Participant; role: WorkspaceRole }[]; next: [number] | undefined; total: Total }> {
  const { tenantNo } = caller;
  return db.snapshot(async (reader) => {
    const workspace = await requireRole(reader, caller, workspaceId, "viewer");
    const found = await listMembersOf(reader, tenantNo, workspace.workspaceId, after ?? 0, limit + 1);
    const shown = found.slice(0, limit);
    const people = await getMany(
      reader,
      tenantNo,
      shown.map((row) => row.participant_no),
    );
    const rows = shown.map((row) => ({ participant: people.get(row.participant_no)!, role: row.role }));
    const last = found.length > limit ? shown.at(-1) : undefined;
    const total = totalOf(await countMembersOf(reader, tenantNo, workspace.workspaceId));
    return { rows, next: last && [last.participant_no], total };
  });
}
