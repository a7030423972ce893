import { randomBytes } from "node:crypto";
import type { TestContext } from "node:test";
import { workspaces } from "@stairwell/protocol/api";
import type { Actor } from "../../src/auth/index.ts";
import { Cursors } from "../../src/lib/cursor.ts";
import { workspaceMemberRoutes, workspaceRoutes } from "../../src/workspaces/index.ts";
import { call } from "../support/call.ts";
import { actorFor, makePerson, makeTenant } from "../support/people.ts";
import { openStore } from "../support/store.ts";

/** The calls about workspaces over a store with one tenant; `rooms` says how many rooms a workspace has. */
export async function openWorkspaces(t: TestContext) {
  const store = await openStore(t);
  const { db } = store;
  const rooms = new Map<string, number>();
  const cursors = new Cursors(randomBytes(32));
  const countRooms = async (_reader: unknown, _tenantNo: number, workspaceId: string) => rooms.get(workspaceId) ?? 0;
  const endpoints = [...workspaceRoutes({ db, cursors, countRooms }), ...workspaceMemberRoutes({ db, cursors })];
  const tenant = await makeTenant(db, "acme");
  const person = async (localId: string) => actorFor(tenant, await makePerson(db, tenant, localId));

  const create = async (actor: Actor, body: { name: string; slug?: string }) =>
    (await call(endpoints, workspaces.createWorkspace, actor, { body })).data;
  const get = async (actor: Actor, workspace_id: string) =>
    (await call(endpoints, workspaces.getWorkspace, actor, { params: { workspace_id } })).data;
  const list = (actor: Actor, query: Record<string, unknown> = {}) =>
    call(endpoints, workspaces.listWorkspaces, actor, { query });
  const update = async (actor: Actor, workspace_id: string, body: Record<string, unknown>) =>
    (await call(endpoints, workspaces.updateWorkspace, actor, { params: { workspace_id }, body })).data;
  const remove = (actor: Actor, workspace_id: string) =>
    call(endpoints, workspaces.deleteWorkspace, actor, { params: { workspace_id } });
  const members = (actor: Actor, workspace_id: string, query: Record<string, unknown> = {}) =>
    call(endpoints, workspaces.listWorkspaceMembers, actor, { params: { workspace_id }, query });
  const add = (
    actor: Actor,
    workspace_id: string,
    who: { participantId: string },
    role: "owner" | "editor" | "viewer",
  ) =>
    call(endpoints, workspaces.addWorkspaceMember, actor, {
      params: { workspace_id },
      body: { participant_id: who.participantId, role },
    });
  const setRole = (
    actor: Actor,
    workspace_id: string,
    who: { participantId: string },
    role: "owner" | "editor" | "viewer",
  ) =>
    call(endpoints, workspaces.updateWorkspaceMember, actor, {
      params: { workspace_id, participant_id: who.participantId },
      body: { role },
    });
  const removeMember = (actor: Actor, workspace_id: string, who: { participantId: string }) =>
    call(endpoints, workspaces.removeWorkspaceMember, actor, {
      params: { workspace_id, participant_id: who.participantId },
    });
  const personalOf = async (actor: Actor) => (await list(actor)).data.find((one) => one.personal)!;
  return {
    ...store,
    rooms,
    tenant,
    person,
    create,
    get,
    list,
    update,
    remove,
    members,
    add,
    setRole,
    removeMember,
    personalOf,
  };
}
