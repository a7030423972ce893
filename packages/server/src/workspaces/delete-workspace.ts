import { StairwellError } from "@stairwell/protocol";
import type { Tx } from "../db/index.ts";
import { forbidden, requireRole } from "./require-role.ts";
import type { CountRooms } from "./workspace.ts";
import { removeWorkspace } from "./workspaces.store.ts";

/**
 * Deletes an empty workspace. Needs `owner` (WS2). A personal one is never deleted: `SW_WORKSPACE_FORBIDDEN`;
 * one with open or archived rooms: `SW_WORKSPACE_NOT_EMPTY` (WS5).
 */
export async function deleteWorkspace(
  tx: Tx,
  countRooms: CountRooms,
  caller: { tenantNo: number; participantNo: number },
  workspaceId: string,
): Promise<void> {
  const workspace = await requireRole(tx, caller, workspaceId, "owner");
  if (workspace.personalOf !== null) throw forbidden({ personal: true }, "WS5");
  if ((await countRooms(tx, caller.tenantNo, workspace.workspaceId)) > 0) {
    throw new StairwellError("SW_WORKSPACE_NOT_EMPTY", { rule: "WS5" });
  }
  await removeWorkspace(tx, caller.tenantNo, workspace.workspaceId);
}
