/** Workspaces: containers of rooms in a tenant, with owners, editors and viewers. */
export { makePersonalWorkspace } from "./create-workspace.ts";
export { workspaceMemberRoutes } from "./members.routes.ts";
export { roleIn } from "./members.store.ts";
export { requireRole } from "./require-role.ts";
export type { CountRooms, Workspace, WorkspaceRole } from "./workspace.ts";
export { workspaceRoutes } from "./workspaces.routes.ts";
