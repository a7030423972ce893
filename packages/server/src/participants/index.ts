/** Participants: people, bots and agents of a tenant, and the foreign people it knows. */
export { Identities } from "./identities.ts";
export { createParticipant, type MakePersonalWorkspace, type NewParticipant } from "./create-participant.ts";
export { newcomer } from "./newcomer.ts";
export type { DefaultMode, Identity, Participant, Seen } from "./participant.ts";
export { participantRoutes } from "./participants.routes.ts";
export {
  deleteChangedProfile,
  findByFqid,
  findById,
  findByNo,
  findManyByFqid,
  getMany,
  insertParticipant,
  insertParticipants,
  listChangedProfiles,
  saveParticipant,
} from "./participants.store.ts";
export { meView, type ParticipantSummary, summaryView } from "./participants.view.ts";
export { deactivate } from "./deactivate.ts";
export {
  advanceDeactivation,
  type Deactivation,
  endDeactivation,
  isLeaving,
  listDeactivations,
} from "./deactivations.store.ts";
export { listParticipants } from "./list-participants.ts";
export type { DirectoryFilter, DirectoryPlace } from "./listing.store.ts";
export { reactivate } from "./reactivate.ts";
export { setAdmin } from "./set-admin.ts";
export { type ParticipantChanges, updateParticipant } from "./update-participant.ts";
export { developerSignIn } from "./sign-in-developer.ts";
