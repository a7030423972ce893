/** The pure core: what may happen in a room, and what each event means. */
export { apply, fold, subjectOf } from "./apply.ts";
export { can, cannot } from "./can.ts";
export { mayInviteElsewhere } from "./foreign.ts";
export { type Command, type CommandKind, decide, objection, type RoomCommand } from "./decide.ts";
export { type CreateRoom, DM_CONTENT } from "./commands/create.ts";
export { hasLeft } from "./commands/federated-dm.ts";
export type { Decision, Draft, EventFacts, Facts, Refusal } from "./decision.ts";
export {
  CREATE,
  CreateContent,
  EDIT,
  type EditContent,
  FEDERATION,
  isAmendment,
  isSendable,
  type Fold,
  KINDS,
  type LoggedEvent,
  MEMBER,
  type MemberContent,
  MESSAGE,
  NAME,
  POWER_LEVEL,
  REACTION,
  type ReactionContent,
  REDACTION,
  type RedactionContent,
  isRemnant,
  remainderOf,
  STATE,
  TOPIC,
  VISIBILITY,
  WORKSPACE,
} from "./events/index.ts";
export {
  type DefaultMode,
  isMuted,
  notifies,
  type NotificationMode,
  type NotificationReason,
  type NotificationSettings,
} from "./notify.ts";
export { closes } from "./incognito.ts";
export {
  isOpenToAll,
  mayBringMedia,
  type Missing,
  notDm,
  readableTo,
  seen,
  type Standing,
  standing,
} from "./guards.ts";
export {
  asOf,
  type LeaveCause,
  type Membership,
  type MemberState,
  type Person,
  POWER,
  type RoomLife,
  type RoomState,
  type RoomType,
} from "./state.ts";
