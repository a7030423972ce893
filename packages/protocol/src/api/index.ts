import * as admin from "./admin.ts";
import * as auth from "./auth.ts";
import * as bundles from "./bundles.ts";
import * as directory from "./directory.ts";
import * as inbox from "./inbox.ts";
import * as media from "./media.ts";
import * as members from "./members.ts";
import * as messages from "./messages.ts";
import * as operator from "./operator.ts";
import * as ops from "./ops.ts";
import * as participants from "./participants.ts";
import * as reading from "./reading.ts";
import * as rooms from "./rooms.ts";
import type { Route } from "./route.ts";
import * as stream from "./stream.ts";
import * as workspaces from "./workspaces.ts";

/** The route table, a folder of the domain each. */
export {
  admin,
  auth,
  bundles,
  directory,
  inbox,
  media,
  members,
  messages,
  operator,
  ops,
  participants,
  reading,
  rooms,
  stream,
  workspaces,
};
export { type AuditAction, AuditActions } from "./audit-actions.ts";
export { SomeLimits } from "./admin-tenant.ts";
export { type LastLine, PROGRESS_LINES } from "./progress.ts";
export type { DataOf, MetaOf, Method, ProgressOf, RequestOf, Route, Scope } from "./route.ts";
export {
  CanActions,
  type CanAction,
  Memberships,
  NotificationModes,
  ParticipantTypes,
  Pending,
  RoomStates,
  RoomTypes,
} from "./shapes.ts";

/** Every call of the API. */
export const routes: readonly Route[] = [
  rooms,
  bundles,
  members,
  messages,
  reading,
  inbox,
  directory,
  media,
  participants,
  auth,
  workspaces,
  stream,
  admin,
  operator,
  ops,
]
  .flatMap((folder) => Object.values(folder) as unknown[])
  .filter((entry): entry is Route => typeof entry === "object" && entry !== null && "operationId" in entry);
