import { append, NOTHING, refuse } from "../decision.ts";
import { NAME, TOPIC, VISIBILITY, WORKSPACE } from "../events/index.ts";
import { notReplica } from "../foreign.ts";
import { mustBeJoined, needsPower, notDm, notFrozen, type Objection, roomOf, seen } from "../guards.ts";
import type { Facts } from "../decision.ts";
import { POWER } from "../state.ts";
import type { Rule } from "./rule.ts";

export interface Rename {
  readonly kind: "name";
  /** As `cleanName` gives it. */
  readonly name: string;
}

export interface SetTopic {
  readonly kind: "topic";
  /** As `cleanTopic` gives it; null clears. */
  readonly topic: string | null;
}

export interface Move {
  readonly kind: "workspace";
  readonly workspaceId: string;
  /** The caller's role in the target; undefined when they cannot see it. */
  readonly role: "owner" | "editor" | "viewer" | undefined;
}

export interface SetVisibility {
  readonly kind: "visibility";
  readonly isPublic: boolean;
}

const withPower = (facts: Facts, needed: number, rule: string): Objection =>
  notFrozen(facts) ?? mustBeJoined(facts, rule) ?? needsPower(facts, needed, rule);

export const rename: Rule<Rename> = {
  may: (facts) => seen(facts) ?? notDm(facts) ?? withPower(facts, POWER.moderator, "PL4"),
  outcome: (facts, { name }) =>
    roomOf(facts).name === name ? NOTHING : append({ type: NAME, content: { name }, sender: facts.actor.person.fqid }),
};

export const setTopic: Rule<SetTopic> = {
  may: (facts) => seen(facts) ?? withPower(facts, POWER.moderator, "PL4"),
  outcome: (facts, { topic }) =>
    roomOf(facts).topic === topic
      ? NOTHING
      : append({ type: TOPIC, content: { topic }, sender: facts.actor.person.fqid }),
};

/** LC7. */
export const move: Rule<Move> = {
  may: (facts) => seen(facts) ?? notDm(facts) ?? notReplica(facts) ?? withPower(facts, POWER.admin, "LC7"),
  outcome: (facts, { workspaceId, role }) => {
    if (role === undefined) return refuse("SW_WORKSPACE_NOT_FOUND", "LC7");
    if (role === "viewer")
      return refuse("SW_WORKSPACE_FORBIDDEN", "LC7", { message: "That needs the role editor there." });
    if (roomOf(facts).workspaceId === workspaceId) return NOTHING;
    return append({ type: WORKSPACE, content: { workspace_id: workspaceId }, sender: facts.actor.person.fqid });
  },
};

/** `is_public` of a group; of every other type it follows from the type. */
export const setVisibility: Rule<SetVisibility> = {
  may: (facts) =>
    seen(facts) ?? notDm(facts) ?? notReplica(facts) ?? isPlainGroup(facts) ?? withPower(facts, POWER.admin, "PL4"),
  outcome: (facts, { isPublic }) =>
    roomOf(facts).isPublic === isPublic
      ? NOTHING
      : append({ type: VISIBILITY, content: { is_public: isPublic }, sender: facts.actor.person.fqid }),
};

function isPlainGroup(facts: Facts): Objection {
  const { roomType, scopeKind } = roomOf(facts);
  if (roomType === "group" && scopeKind === null) return undefined;
  return refuse("SW_ROOM_TYPE_INVARIANT", "PL4", {
    message: "Only a group that is not incognito can be listed or taken out.",
  });
}
