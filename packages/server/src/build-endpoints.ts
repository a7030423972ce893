import { BUNDLE_LIMITS } from "@stairwell/protocol/bundle";
import { adminRoutes } from "./admin/index.ts";
import type { Core } from "./build-core.ts";
import type { Entry } from "./build-entry.ts";
import { exportRoutes, importRoutes } from "./bundles/index.ts";
import { directoryRoutes } from "./directory/index.ts";
import {
  conflictRoutes,
  dmRoutes,
  meetForInvite,
  pendingRoutes,
  recoveryRoutes,
  sharingRoutes,
} from "./federation/index.ts";
import type { Ground } from "./ground.ts";
import type { Endpoint } from "./http/endpoint.ts";
import { inboxRoutes } from "./inbox/index.ts";
import { Links, mediaRoutes } from "./media/index.ts";
import { memberRoutes } from "./members/index.ts";
import { amendmentRoutes, messageRoutes } from "./messages/index.ts";
import { participantRoutes } from "./participants/index.ts";
import { readingRoutes } from "./reading/index.ts";
import { roomRoutes } from "./rooms/index.ts";
import type { ServerOptions } from "./server-options.ts";
import { tokenRoutes } from "./tokens/index.ts";
import { workspaceMemberRoutes, workspaceRoutes } from "./workspaces/index.ts";

/** Binds every call to what it acts on. */
export function buildEndpoints(options: ServerOptions, ground: Ground, entry: Entry, core: Core): Endpoint[] {
  const { db, clock, node, secret, leftovers, maxUploads } = ground;
  const { common, files, sharing, live, tellLeaving, beginAnew } = core;
  const media = { ...common, ...files, links: new Links(secret), maxUploads };
  const get = sharing.get.bind(sharing);
  return [
    ...tokenRoutes(common),
    ...participantRoutes(common),
    ...workspaceRoutes(common),
    ...workspaceMemberRoutes(common),
    ...roomRoutes(common),
    ...memberRoutes({
      ...common,
      meet: (...asked) => meetForInvite({ db, clock, get }, ...asked),
    }),
    ...messageRoutes(common),
    ...amendmentRoutes(common),
    ...mediaRoutes(media),
    ...exportRoutes({
      ...media,
      places: node.places,
      authenticate: entry.authenticate,
      onFault: (error) => options.log.error({ err: error }, "cleaning up after an export failed"),
    }),
    ...importRoutes({
      ...media,
      limits: options.bundles ?? BUNDLE_LIMITS,
      holds: node.holds,
      leftovers,
      places: node.places,
      onSight: beginAnew,
    }),
    ...readingRoutes(common),
    ...inboxRoutes(common),
    ...directoryRoutes(common),
    ...adminRoutes(common),
    ...recoveryRoutes({ db }),
    ...pendingRoutes({ db }),
    ...conflictRoutes({ db, chooseBranch: sharing.chooseBranch.bind(sharing) }),
    ...sharingRoutes({
      ...common,
      tellLeaving,
      get,
      fetchHistory: ({ tenant }, roomId, limit) => sharing.fetchHistory(tenant, roomId, limit),
    }),
    ...dmRoutes({ ...common, get, proposeDm: sharing.proposeDm.bind(sharing) }),
    ...live.endpoints,
  ];
}
