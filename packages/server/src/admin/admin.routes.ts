import type { ActorCache } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import type { Log } from "../events/index.ts";
import type { Endpoint } from "../http/endpoint.ts";
import type { Clock } from "../lib/clock.ts";
import type { Cursors } from "../lib/cursor.ts";
import type { Identities, MakePersonalWorkspace } from "../participants/index.ts";
import { adminLinkRoutes } from "./admin-links.routes.ts";
import { federationAdminRoutes } from "./federation.routes.ts";
import { auditRoutes } from "./audit.routes.ts";
import { botRoutes } from "./bots.routes.ts";
import { operatorRoutes } from "./operator.routes.ts";
import { managedParticipantRoutes } from "./participants.routes.ts";
import { managedRoomRoutes } from "./rooms.routes.ts";
import { tenantRoutes } from "./tenant.routes.ts";

export interface AdminParts {
  db: Db;
  log: Log;
  clock: Pick<Clock, "now">;
  cursors: Cursors;
  identities: Identities;
  actors: ActorCache;
  makePersonalWorkspace: MakePersonalWorkspace;
  countStreams: (tenantNo: number) => number;
  publicUrl: string | null;
}

/** Every call of admins and of the operator. */
export function adminRoutes(parts: AdminParts): Endpoint[] {
  return [
    ...managedParticipantRoutes(parts),
    ...botRoutes(parts),
    ...managedRoomRoutes(parts),
    ...tenantRoutes(parts),
    ...auditRoutes(parts),
    ...federationAdminRoutes(parts),
    ...adminLinkRoutes(parts),
    ...operatorRoutes(parts),
  ];
}
