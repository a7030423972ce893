import { Type } from "../schema/index.ts";
import { LIMITS } from "../limits.ts";
import { route } from "./route.ts";
import { Cursor, Id, Limit, OneOf, PageMeta, ParticipantSummary, Timestamp, strict } from "./shapes.ts";

const tag = "workspaces";
export const WorkspaceRoles = ["owner", "editor", "viewer"] as const;
export type WorkspaceRole = (typeof WorkspaceRoles)[number];
const Role = OneOf(WorkspaceRoles);
const Name = Type.String({ minLength: 1, maxLength: 4 * LIMITS.nameLength });
const Slug = Type.String({
  pattern: "^[a-z0-9][a-z0-9-]{0,63}$",
  description: "Unique in the tenant; made from the name unless given.",
});
const Params = Type.Object({ workspace_id: Id }, strict);
const MemberParams = Type.Object({ workspace_id: Id, participant_id: Id }, strict);

export const Workspace = Type.Object({
  id: Type.String(),
  slug: Type.String(),
  name: Type.String(),
  personal: Type.Boolean(),
  role: Role,
  rooms_count: Type.Integer({ minimum: 0 }),
  created_at: Timestamp,
});

export const WorkspaceMember = Type.Object({
  participant_id: Type.String(),
  role: Role,
  participant: ParticipantSummary,
});

const seen = ["SW_WORKSPACE_NOT_FOUND", "SW_WORKSPACE_FORBIDDEN"] as const;
const page = { limit: Type.Optional(Limit(200, 50)), cursor: Type.Optional(Cursor) };

export const listWorkspaces = route({
  operationId: "listWorkspaces",
  method: "GET",
  path: "/v1/workspaces",
  tag,
  summary: "List the caller's workspaces",
  access: "read",
  query: Type.Object(page, strict),
  statuses: [200],
  data: Type.Array(Workspace),
  meta: PageMeta,
  errors: [],
});

export const createWorkspace = route({
  operationId: "createWorkspace",
  method: "POST",
  path: "/v1/workspaces",
  tag,
  summary: "Create a workspace",
  access: "write",
  body: Type.Object({ name: Name, slug: Type.Optional(Slug) }, strict),
  statuses: [201],
  data: Workspace,
  errors: ["SW_WORKSPACE_SLUG_TAKEN"],
});

export const getWorkspace = route({
  operationId: "getWorkspace",
  method: "GET",
  path: "/v1/workspaces/{workspace_id}",
  tag,
  summary: "Get a workspace",
  access: "read",
  params: Params,
  statuses: [200],
  data: Workspace,
  errors: ["SW_WORKSPACE_NOT_FOUND"],
});

export const updateWorkspace = route({
  operationId: "updateWorkspace",
  method: "PATCH",
  path: "/v1/workspaces/{workspace_id}",
  tag,
  summary: "Rename a workspace",
  description: "Needs `owner`.",
  access: "write",
  params: Params,
  body: Type.Object({ name: Type.Optional(Name), slug: Type.Optional(Slug) }, strict),
  statuses: [200],
  data: Workspace,
  errors: [...seen, "SW_WORKSPACE_SLUG_TAKEN"],
});

export const deleteWorkspace = route({
  operationId: "deleteWorkspace",
  method: "DELETE",
  path: "/v1/workspaces/{workspace_id}",
  tag,
  summary: "Delete an empty workspace",
  description: "Needs `owner`. A personal workspace, or one with rooms, is refused.",
  access: "write",
  params: Params,
  statuses: [200],
  data: Type.Object({ id: Type.String(), deleted: Type.Literal(true) }),
  errors: [...seen, "SW_WORKSPACE_NOT_EMPTY"],
});

export const listWorkspaceMembers = route({
  operationId: "listWorkspaceMembers",
  method: "GET",
  path: "/v1/workspaces/{workspace_id}/members",
  tag,
  summary: "List a workspace's members",
  access: "read",
  params: Params,
  query: Type.Object(page, strict),
  statuses: [200],
  data: Type.Array(WorkspaceMember),
  meta: PageMeta,
  errors: ["SW_WORKSPACE_NOT_FOUND"],
});

export const addWorkspaceMember = route({
  operationId: "addWorkspaceMember",
  method: "POST",
  path: "/v1/workspaces/{workspace_id}/members",
  tag,
  summary: "Add somebody to a workspace",
  description: "Needs `owner`. Of a present member it sets the role.",
  access: "write",
  params: Params,
  body: Type.Object({ participant_id: Id, role: Role }, strict),
  statuses: [201, 200],
  data: WorkspaceMember,
  errors: [...seen, "SW_PARTICIPANT_NOT_FOUND", "SW_WORKSPACE_NEEDS_OWNER"],
});

export const updateWorkspaceMember = route({
  operationId: "updateWorkspaceMember",
  method: "PATCH",
  path: "/v1/workspaces/{workspace_id}/members/{participant_id}",
  tag,
  summary: "Change a member's role",
  description: "Needs `owner`. The last owner stays owner.",
  access: "write",
  params: MemberParams,
  body: Type.Object({ role: Role }, strict),
  statuses: [200],
  data: WorkspaceMember,
  errors: [...seen, "SW_PARTICIPANT_NOT_FOUND", "SW_WORKSPACE_NEEDS_OWNER"],
});

export const removeWorkspaceMember = route({
  operationId: "removeWorkspaceMember",
  method: "DELETE",
  path: "/v1/workspaces/{workspace_id}/members/{participant_id}",
  tag,
  summary: "Remove a member, or leave",
  description: "Needs `owner`, or is the member's own leaving. The last owner stays.",
  access: "write",
  params: MemberParams,
  statuses: [200],
  data: Type.Object({ participant_id: Type.String(), removed: Type.Literal(true) }),
  errors: [...seen, "SW_PARTICIPANT_NOT_FOUND", "SW_WORKSPACE_NEEDS_OWNER"],
});
