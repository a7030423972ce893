/** What the tenant's admins may call: metadata, never content. */
export { listAudit } from "./admin-audit.ts";
export {
  getFederationIdentity,
  getFederationPolicy,
  listFederationPeers,
  setFederationPolicy,
} from "./admin-federation.ts";
export {
  createParticipant,
  deactivateParticipant,
  getManagedParticipant,
  listManagedParticipants,
  listTokensOf,
  mintTokenFor,
  reactivateParticipant,
  revokeTokenOf,
  updateParticipant,
} from "./admin-participants.ts";
export { getManagedRoom, listManagedRooms, redactManagedEvent, restoreRoom } from "./admin-rooms.ts";
export {
  backfillRoom,
  chooseBranch,
  federateRoom,
  getConflict,
  goOnWithout,
  inviteFederated,
  listRecoveries,
} from "./admin-shared-rooms.ts";
export { getTenantLimits, getTenantStats } from "./admin-tenant.ts";
