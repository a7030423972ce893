import type { EventKind } from "./kind.ts";
import { federation, life } from "./life.ts";
import { member } from "./member.ts";
import { power } from "./power.ts";
import { name, topic, visibility, workspace } from "./settings.ts";

export {
  EDIT,
  type EditContent,
  isAmendment,
  REACTION,
  type ReactionContent,
  REDACTION,
  type RedactionContent,
  isRemnant,
  remainderOf,
} from "./amendment.ts";
export { CREATE, CreateContent } from "./create.ts";
export type { Fold, LoggedEvent } from "./kind.ts";
export { FEDERATION, STATE } from "./life.ts";
export { MEMBER, type MemberContent } from "./member.ts";
export { isSendable, MESSAGE } from "./message.ts";
export { POWER_LEVEL } from "./power.ts";
export { NAME, TOPIC, VISIBILITY, WORKSPACE } from "./settings.ts";

/** The state events that follow the create event, by type. Every other type folds into nothing. */
export const KINDS: ReadonlyMap<string, EventKind> = new Map(
  [member, power, name, topic, workspace, visibility, life, federation].map((kind) => [
    kind.type,
    kind as unknown as EventKind,
  ]),
);
