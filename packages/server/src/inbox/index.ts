/** What is addressed to somebody: mentions and invites. */
export { type InboxParts, inboxRoutes } from "./inbox.routes.ts";
