import type { Db } from "../db/index.ts";
import { type Total, totalOf } from "../lib/page.ts";
import type { CountRooms, Workspace } from "./workspace.ts";
import { countWorkspacesOf, listWorkspacesOf } from "./workspaces.store.ts";

/** A page of the caller's workspaces with the number of rooms in each, oldest first (AP7). */
export function listWorkspaces(
  db: Db,
  countRooms: CountRooms,
  caller: { tenantNo: number; participantNo: number },
  after: string | undefined,
  limit: number,
): Promise<{ rows: { workspace: Workspace; roomsCount: number }[]; next: [string] | undefined; total: Total }> {
  const { tenantNo, participantNo } = caller;
  return db.snapshot(async (reader) => {
    const found = await listWorkspacesOf(reader, tenantNo, participantNo, after ?? "", limit + 1);
    const rows = [];
    for (const workspace of found.slice(0, limit)) {
      rows.push({ workspace, roomsCount: await countRooms(reader, tenantNo, workspace.workspaceId, participantNo) });
    }
    const last = found.length > limit ? rows.at(-1) : undefined;
    const total = totalOf(await countWorkspacesOf(reader, tenantNo, participantNo));
    return { rows, next: last && [last.workspace.workspaceId], total };
  });
}
