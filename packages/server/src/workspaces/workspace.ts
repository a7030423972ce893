import type { WorkspaceId } from "@stairwell/protocol";
import type { DataOf, workspaces } from "@stairwell/protocol/api";
import type { Reader } from "../db/index.ts";

export type WorkspaceRole = DataOf<typeof workspaces.getWorkspace>["role"];

/** A container of rooms, as a member sees it. */
export interface Workspace {
  readonly workspaceId: WorkspaceId;
  readonly slug: string;
  readonly name: string;
  /** Whose personal workspace it is; null for any other. */
  readonly personalOf: number | null;
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** The role of the one who looks. */
  readonly role: WorkspaceRole;
}

/** How many open or archived rooms a workspace has; rooms/ counts them. */
export type CountRooms = (
  reader: Reader,
  tenantNo: number,
  workspaceId: WorkspaceId,
  /** Only the rooms that this person can see (VS1); all without it. */
  viewerNo?: number,
) => Promise<number>;
