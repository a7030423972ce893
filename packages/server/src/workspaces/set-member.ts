import { StairwellError } from "@stairwell/protocol";
import type { Tx } from "../db/index.ts";
import { findById, type Participant } from "../participants/index.ts";
import { hasOtherOwner, roleIn, setRole } from "./members.store.ts";
import { requireRole } from "./require-role.ts";
import type { Workspace, WorkspaceRole } from "./workspace.ts";

/**
 * Adds somebody to a workspace, or sets a member's role; `made` says which. Needs `owner` (WS2). With `onlyMembers`
 * somebody who is no member is unknown. `SW_PARTICIPANT_NOT_FOUND` for a deactivated, foreign or unknown person;
 * `SW_WORKSPACE_NEEDS_OWNER` for taking the role from the last owner, or from the one whose personal workspace it is (WS3).
 */
export async function setMember(
  tx: Tx,
  caller: { tenantNo: number; participantNo: number },
  workspaceId: string,
  target: { participantId: string; role: WorkspaceRole; onlyMembers: boolean },
): Promise<{ participant: Participant; made: boolean }> {
  const { tenantNo } = caller;
  const workspace = await requireRole(tx, caller, workspaceId, "owner");
  const participant = await findById(tx, tenantNo, target.participantId);
  const present = participant && (await roleIn(tx, tenantNo, workspace.workspaceId, participant.participantNo));
  const canBeAdded = participant?.participantType !== "federated" && participant?.deactivatedAt === null;
  if (participant === undefined || (present === undefined && (target.onlyMembers || !canBeAdded))) {
    throw new StairwellError("SW_PARTICIPANT_NOT_FOUND");
  }
  if (present === "owner" && target.role !== "owner")
    await refuseOwnerless(tx, tenantNo, workspace, participant.participantNo);
  await setRole(tx, tenantNo, workspace.workspaceId, participant.participantNo, target.role);
  return { participant, made: present === undefined };
}

/** Refuses to take an owner from a workspace that must keep them (WS3). */
export async function refuseOwnerless(
  tx: Tx,
  tenantNo: number,
  workspace: Workspace,
  participantNo: number,
): Promise<void> {
  const isTheirs = workspace.personalOf === participantNo;
  if (isTheirs || !(await hasOtherOwner(tx, tenantNo, workspace.workspaceId, participantNo))) {
    throw new StairwellError("SW_WORKSPACE_NEEDS_OWNER", { rule: "WS3" });
  }
}
