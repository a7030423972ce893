import type { DataOf, workspaces } from "@stairwell/protocol/api";
import { wireTime } from "../lib/clock.ts";
import { type Participant, summaryView } from "../participants/index.ts";
import type { Workspace, WorkspaceRole } from "./workspace.ts";

export type WorkspaceView = DataOf<typeof workspaces.getWorkspace>;
export type WorkspaceMemberView = DataOf<typeof workspaces.addWorkspaceMember>;

export function workspaceView(workspace: Workspace, roomsCount: number): WorkspaceView {
  return {
    id: workspace.workspaceId,
    slug: workspace.slug,
    name: workspace.name,
    personal: workspace.personalOf !== null,
    role: workspace.role,
    rooms_count: roomsCount,
    created_at: wireTime(workspace.createdAt),
  };
}

export function workspaceMemberView(participant: Participant, role: WorkspaceRole): WorkspaceMemberView {
  return { participant_id: participant.participantId, role, participant: summaryView(participant) };
}
