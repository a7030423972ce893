import { StairwellError } from "@stairwell/protocol";
import type { Tx } from "../db/index.ts";
import { findById } from "../participants/index.ts";
import { removeMember, roleIn } from "./members.store.ts";
import { requireRole } from "./require-role.ts";
import { refuseOwnerless } from "./set-member.ts";

/**
 * Removes a member, which needs `owner` (WS2), or lets the caller leave, which needs nothing. Rooms are untouched.
 * `SW_PARTICIPANT_NOT_FOUND` for who is no member; `SW_WORKSPACE_NEEDS_OWNER` for the last owner, or the one whose
 * personal workspace it is (WS3).
 */
export async function removeWorkspaceMember(
  tx: Tx,
  caller: { tenantNo: number; participantNo: number; participantId: string },
  workspaceId: string,
  participantId: string,
): Promise<void> {
  const { tenantNo } = caller;
  const needed = participantId === caller.participantId ? "viewer" : "owner";
  const workspace = await requireRole(tx, caller, workspaceId, needed);
  const participant = await findById(tx, tenantNo, participantId);
  const role = participant && (await roleIn(tx, tenantNo, workspace.workspaceId, participant.participantNo));
  if (participant === undefined || role === undefined) throw new StairwellError("SW_PARTICIPANT_NOT_FOUND");
  if (role === "owner") await refuseOwnerless(tx, tenantNo, workspace, participant.participantNo);
  await removeMember(tx, tenantNo, workspace.workspaceId, participant.participantNo);
}
