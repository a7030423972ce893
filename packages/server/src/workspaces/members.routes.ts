import { workspaces } from "@stairwell/protocol/api";
import type { Db } from "../db/index.ts";
import { command, type Endpoint, reply } from "../http/endpoint.ts";
import type { Cursors } from "../lib/cursor.ts";
import { pageMeta } from "../lib/page.ts";
import { findByNo } from "../participants/index.ts";
import { perform } from "../receipts/index.ts";
import { listWorkspaceMembers } from "./list-members.ts";
import { removeWorkspaceMember } from "./remove-member.ts";
import { setMember } from "./set-member.ts";
import { numbersOf } from "./workspaces.routes.ts";
import { workspaceMemberView } from "./workspaces.view.ts";

const USUAL_LIMIT = 50;

/** The calls about a workspace's members. */
export function workspaceMemberRoutes(parts: { db: Db; cursors: Cursors }): Endpoint[] {
  const { db, cursors } = parts;
  return [
    reply(workspaces.listWorkspaceMembers, async ({ actor, params, query }) => {
      const operation = workspaces.listWorkspaceMembers.operationId;
      const scope = { ...numbersOf(actor), operation, filters: { workspace: params.workspace_id } };
      const after = query.cursor === undefined ? undefined : Number(cursors.decode(scope, query.cursor)[0]);
      const limit = query.limit ?? USUAL_LIMIT;
      const page = await listWorkspaceMembers(db, numbersOf(actor), params.workspace_id, after, limit);
      const data = page.rows.map(({ participant, role }) => workspaceMemberView(participant, role));
      return { data, meta: pageMeta(cursors, scope, page) };
    }),

    command(
      workspaces.addWorkspaceMember,
      ({ actor, params, body }, receipt) =>
        perform(db, actor.tenant, receipt, async (tx) => {
          const target = { participantId: body.participant_id, role: body.role, onlyMembers: false };
          const { participant, made } = await setMember(tx, numbersOf(actor), params.workspace_id, target);
          return { status: made ? 201 : 200, ref: { participantNo: participant.participantNo } };
        }),
      async ({ actor, body }, { ref }) => {
        const participant = await findByNo(db, actor.tenant.tenantNo, ref.participantNo);
        return { data: workspaceMemberView(participant!, body.role) };
      },
    ),

    reply(workspaces.updateWorkspaceMember, async ({ actor, params, body }) => {
      const target = { participantId: params.participant_id, role: body.role, onlyMembers: true };
      const { participant } = await db.write(actor.tenant, (tx) =>
        setMember(tx, numbersOf(actor), params.workspace_id, target),
      );
      return { data: workspaceMemberView(participant, body.role) };
    }),

    reply(workspaces.removeWorkspaceMember, async ({ actor, params }) => {
      const caller = { ...numbersOf(actor), participantId: actor.participantId };
      await db.write(actor.tenant, (tx) =>
        removeWorkspaceMember(tx, caller, params.workspace_id, params.participant_id),
      );
      return { data: { participant_id: params.participant_id, removed: true as const } };
    }),
  ];
}
