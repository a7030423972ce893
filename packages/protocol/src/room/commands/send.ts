import type { JsonObject } from "../../json.ts";
import { append, automatic, type Draft, type Facts, refuse } from "../decision.ts";
import { MEMBER } from "../events/index.ts";
import {
  availableTarget,
  type Missing,
  mustBeJoined,
  namesWhatIs,
  needsPower,
  notFrozen,
  type Objection,
  roomOf,
  seen,
  targetMember,
} from "../guards.ts";
import { POWER } from "../state.ts";
import { hasLeft } from "./federated-dm.ts";
import type { Rule } from "./rule.ts";

export interface Send {
  readonly kind: "send";
  readonly eventType: string;
  /** As it is hashed: people as FQIDs. */
  readonly content: JsonObject;
  /** The canonical form of `content`. */
  readonly text: string;
  /** The target is the sender, and the caller acts for them. */
  readonly onBehalf?: boolean;
  /** What the content names and nobody is. */
  readonly missing?: Missing | undefined;
}

/** A message or custom event. In a DM it brings the other side back, in the same transaction (DM4). */
export const send: Rule<Send> = {
  may: (facts) => seen(facts) ?? notFrozen(facts) ?? mustBeJoined(facts, "MB4"),
  outcome: (facts, { eventType, content, text, onBehalf = false, missing }) => {
    const refusal = onBehalf ? (needsPower(facts, POWER.admin, "PL4") ?? availableTarget(facts)) : undefined;
    if (refusal !== undefined) return refusal;
    const unnamed = namesWhatIs(missing);
    if (unnamed !== undefined) return unnamed;
    const unfit = onBehalf ? speaksHere(facts) : undefined;
    if (unfit !== undefined) return unfit;
    const { fqid: caller } = facts.actor.person;
    const by = onBehalf ? { sender: facts.target!.person!.fqid, actedBy: caller } : { sender: caller };
    const message: Draft = { type: eventType, content, text, ...by };
    const back = otherSideReturns(facts);
    return back === undefined ? append(message) : append(back, message);
  },
};

/** PL4: messages are sent on behalf of bots and agents of this server, who are in the room themselves. */
function speaksHere(facts: Facts): Objection {
  const { participantType } = facts.target!.person!;
  if (participantType !== "bot" && participantType !== "agent") {
    return refuse("SW_ROOM_FORBIDDEN", "PL4", { message: "Nobody sends on behalf of a person." });
  }
  if (targetMember(facts)?.membership === "join") return undefined;
  return refuse("SW_MEMBER_STATE", "PL4", { message: "They are not joined in this room." });
}

/** DM4: a side that left is back for the message, so that it reaches them; a deactivated one never is. */
export function otherSideReturns(facts: Facts): Draft | undefined {
  const { target } = facts;
  if (roomOf(facts).roomType !== "dm" || target?.person === undefined || target.person.isDeactivated) return undefined;
  // Who never came in, or was deactivated where they are at home, is brought nowhere.
  if (!hasLeft(facts)) return undefined;
  return automatic(facts, MEMBER, { participant: target.person.fqid, membership: "join" }, 1);
}
