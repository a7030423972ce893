import { cleanName } from "@stairwell/protocol";
import type { Tx } from "../db/index.ts";
import { refuseTaken } from "./create-workspace.ts";
import { requireRole } from "./require-role.ts";
import type { Workspace } from "./workspace.ts";
import { renameWorkspace } from "./workspaces.store.ts";

/**
 * Changes a workspace's name or slug; what is left out stays. Needs `owner` (WS2). `SW_WORKSPACE_SLUG_TAKEN` for
 * another workspace's slug (WS4).
 */
export async function updateWorkspace(
  tx: Tx,
  caller: { tenantNo: number; participantNo: number },
  workspaceId: string,
  wanted: { name?: string | undefined; slug?: string | undefined },
): Promise<Workspace> {
  const name = wanted.name === undefined ? undefined : cleanName(wanted.name, "/name");
  const before = await requireRole(tx, caller, workspaceId, "owner");
  const after = { ...before, name: name ?? before.name, slug: wanted.slug ?? before.slug };
  if (after.slug !== before.slug) await refuseTaken(tx, caller.tenantNo, after.slug);
  if (after.slug !== before.slug || after.name !== before.name) await renameWorkspace(tx, caller.tenantNo, after);
  return after;
}
