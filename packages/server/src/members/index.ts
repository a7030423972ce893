/** Coming together: invite, join, leave, kick, ban, power, and who is here. */
export { type DepartureParts, Departures } from "./departures.ts";
export { accessMembers } from "./list-members.ts";
export { type MemberParts, memberRoutes } from "./members.routes.ts";
export { type MemberView, memberViews } from "./members.view.ts";
