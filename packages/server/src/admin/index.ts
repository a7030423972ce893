/** Administration of a tenant by its admins, and of the deployment by its operator. */
export { adminRoutes } from "./admin.routes.ts";
export { managedRoomView } from "./rooms.view.ts";
export { type AdminLink, adminLinkUrl, makeAdminLink } from "./make-admin-link.ts";
export { noteRestored, takeAsOlderCopy } from "./older-copy.ts";
export { auditViews, type AuditView } from "./audit.view.ts";
