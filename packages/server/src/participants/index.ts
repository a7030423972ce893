/** Participants: people, bots and agents of a tenant, and the foreign people it knows. */
export { Identities } from "./identities.ts";
export { createParticipant, type MakePersonalWorkspace, type NewParticipant } from "./create-participant.ts";
export type { DefaultMode, Identity, Participant, Seen } from "./participant.ts";
export { participantRoutes } from "./participants.routes.ts";
export { findByFqid, findById, findByNo, getMany } from "./participants.store.ts";
export { type ParticipantSummary, summaryView } from "./participants.view.ts";
export { setAdmin } from "./set-admin.ts";
export { developerSignIn } from "./sign-in-developer.ts";
