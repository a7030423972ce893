/** What nodes that share a store know of each other by rows; see docs/decisions. */
export { type Change, deleteOldChanges, listChangesAfter } from "./changes.store.ts";
export { HeldPlaces } from "./held-places.ts";
export { type Holds, holdsOf, OWN_HOLDS } from "./holds.ts";
export { everyHeld } from "./job.ts";
export { type Lease, LeaseLostError, ownLease } from "./lease.ts";
export { isMarkNoted, noteMark } from "./marks.ts";
export { joinNodes, type Node } from "./node.ts";
export { NodeMetrics } from "./node-metrics.ts";
export { type FreePlace, OwnPlaces, type Places, SharedPlaces } from "./places.ts";
export { NO_TENANT } from "./scope.ts";
export { findSharedSecret, SECRET_NAME, sharedSecret } from "./secret.store.ts";
export { OWN_TURNS, type Turns } from "./turns.ts";
