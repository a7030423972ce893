import type { WorkspaceId } from "@stairwell/protocol";
import { workspaces } from "@stairwell/protocol/api";
import type { Actor } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import { command, type Endpoint, reply } from "../http/endpoint.ts";
import type { Cursors } from "../lib/cursor.ts";
import { pageMeta } from "../lib/page.ts";
import { perform } from "../receipts/index.ts";
import { createWorkspace } from "./create-workspace.ts";
import { deleteWorkspace } from "./delete-workspace.ts";
import { listWorkspaces } from "./list-workspaces.ts";
import { requireRole } from "./require-role.ts";
import { updateWorkspace } from "./update-workspace.ts";
import type { CountRooms, Workspace } from "./workspace.ts";
import { workspaceView } from "./workspaces.view.ts";

const USUAL_LIMIT = 50;

/** The calls about workspaces themselves. */
export function workspaceRoutes(parts: { db: Db; cursors: Cursors; countRooms: CountRooms }): Endpoint[] {
  const { db, cursors, countRooms } = parts;
  const view = async ({ tenant, participantNo }: Actor, workspace: Workspace) =>
    workspaceView(workspace, await countRooms(db, tenant.tenantNo, workspace.workspaceId, participantNo));

  return [
    reply(workspaces.listWorkspaces, async ({ actor, query }) => {
      const scope = { ...numbersOf(actor), operation: workspaces.listWorkspaces.operationId, filters: {} };
      const after = query.cursor === undefined ? undefined : String(cursors.decode(scope, query.cursor)[0]);
      const page = await listWorkspaces(db, countRooms, numbersOf(actor), after, query.limit ?? USUAL_LIMIT);
      const data = page.rows.map(({ workspace, roomsCount }) => workspaceView(workspace, roomsCount));
      return { data, meta: pageMeta(cursors, scope, page) };
    }),

    command(
      workspaces.createWorkspace,
      ({ actor, body }, receipt) =>
        perform(db, actor.tenant, receipt, async (tx) => {
          const workspaceId: WorkspaceId = await createWorkspace(tx, numbersOf(actor), body);
          return { status: 201, ref: { workspaceId } };
        }),
      async ({ actor }, { ref }) => ({
        data: await view(actor, await requireRole(db, numbersOf(actor), ref.workspaceId, "viewer")),
      }),
    ),

    reply(workspaces.getWorkspace, async ({ actor, params }) => ({
      data: await view(actor, await requireRole(db, numbersOf(actor), params.workspace_id, "viewer")),
    })),

    reply(workspaces.updateWorkspace, async ({ actor, params, body }) => {
      const updated = await db.write(actor.tenant, (tx) =>
        updateWorkspace(tx, numbersOf(actor), params.workspace_id, body),
      );
      return { data: await view(actor, updated) };
    }),

    reply(workspaces.deleteWorkspace, async ({ actor, params }) => {
      await db.write(actor.tenant, (tx) => deleteWorkspace(tx, countRooms, numbersOf(actor), params.workspace_id));
      return { data: { id: params.workspace_id, deleted: true as const } };
    }),
  ];
}

export function numbersOf(actor: Actor): { tenantNo: number; participantNo: number } {
  return { tenantNo: actor.tenant.tenantNo, participantNo: actor.participantNo };
}
