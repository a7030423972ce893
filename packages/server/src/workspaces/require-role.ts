import { StairwellError } from "@stairwell/protocol";
import type { Reader } from "../db/index.ts";
import type { Workspace, WorkspaceRole } from "./workspace.ts";
import { findWorkspace } from "./workspaces.store.ts";

/** The weakest first. */
const RANKS: readonly WorkspaceRole[] = ["viewer", "editor", "owner"];

/**
 * A workspace for somebody who needs a role in it. One they are no member of answers as unknown:
 * `SW_WORKSPACE_NOT_FOUND` (WS1). `SW_WORKSPACE_FORBIDDEN` for a member whose role is too weak (WS2).
 */
export async function requireRole(
  reader: Reader,
  who: { tenantNo: number; participantNo: number },
  workspaceId: string,
  needed: WorkspaceRole,
): Promise<Workspace> {
  const workspace = await findWorkspace(reader, who.tenantNo, workspaceId, who.participantNo);
  if (workspace === undefined) throw new StairwellError("SW_WORKSPACE_NOT_FOUND");
  if (RANKS.indexOf(workspace.role) < RANKS.indexOf(needed)) throw forbidden({ needed, actual: workspace.role });
  return workspace;
}

export function forbidden(details: Readonly<Record<string, unknown>>, rule = "WS2"): StairwellError {
  return new StairwellError("SW_WORKSPACE_FORBIDDEN", { rule, details });
}
