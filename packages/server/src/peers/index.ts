/** Other servers as a tenant knows them: whom it shares with, and the keys that it has pinned for them (FD3). */
export type { Peer } from "./peer.ts";
export { countPeers, findPeer, listPeers, noteFailure } from "./peers.store.ts";
export { pinKeys, type Pinned, unseen } from "./pin-keys.ts";
export { admits, type FederationMode, type FederationPolicy, NO_FEDERATION } from "./policy.ts";
export { policyOf } from "./policy.store.ts";
export { setPolicy } from "./set-policy.ts";
export { trustKey } from "./trust-key.ts";
export { forgetNonces, isNonceTaken, type Nonce, takeNonce } from "./nonces.store.ts";
export {
  endRecoveriesOf,
  endRecovery,
  listRecoveries,
  listRecoveriesOf,
  markRestored,
  noteRecoveryError,
  type Recovery,
} from "./recoveries.store.ts";
export {
  deleteOldRefusals,
  deleteRefusal,
  insertRefusal,
  type KeptRefusal,
  listRefusals,
  type Refusal,
} from "./refusals.store.ts";
