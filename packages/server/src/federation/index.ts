/** The door for other servers: who we are, who they are, and requests that both sides sign (FD1, FD2, FD3, FD21). */
export { dmRoutes } from "./calls/dm.routes.ts";
export { meetForInvite } from "./calls/invite-from-elsewhere.ts";
export { buildFederation, type Federation, type FederationOptions } from "./build-federation.ts";
export { type FederationParts, mountFederation } from "./inbound/federation.routes.ts";
export { PeerRates } from "./inbound/peer-rates.ts";
export type { PeerAnswer } from "./outbound/ask-peer.ts";
export { wellKnownRoute } from "./discovery/well-known.routes.ts";
export { ownNames } from "./hub/own-name.ts";
export { projectDeliveries } from "./hub/project.ts";
export { forwarding } from "./replica/forwarding-db.ts";
export type { TellLeaving } from "./replica/leaving.ts";
export { mayAppend } from "./hub/may-append.ts";
export { resignFor } from "./replica/resign-for.ts";
export type { Sharing } from "./sharing.ts";
export { conflictRoutes } from "./calls/conflict.routes.ts";
export { pendingRoutes } from "./calls/pending.routes.ts";
export { recoveryRoutes } from "./calls/recovery.routes.ts";
export { sharingRoutes } from "./calls/sharing.routes.ts";
