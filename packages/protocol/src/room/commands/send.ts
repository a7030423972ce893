import type { JsonObject } from "../../json.ts";
import { append, automatic, type Draft, type Facts, refuse } from "../decision.ts";
import { MEMBER } from "../events/index.ts";
import { mustBeJoined, notFrozen, roomOf, seen } from "../guards.ts";
import type { Rule } from "./rule.ts";

export interface Send {
  readonly kind: "send";
  readonly eventType: string;
  /** As it is hashed: people as FQIDs. */
  readonly content: JsonObject;
  /** The canonical form of `content`. */
  readonly text: string;
  /** What the content names and nobody is. */
  readonly missing?: "SW_EVENT_NOT_FOUND" | "SW_PARTICIPANT_NOT_FOUND" | "SW_MEDIA_NOT_FOUND" | undefined;
}

/** A message or custom event. In a DM it brings the other side back, in the same transaction (DM4). */
export const send: Rule<Send> = {
  may: (facts) => seen(facts) ?? notFrozen(facts) ?? mustBeJoined(facts, "MB4"),
  outcome: (facts, { eventType, content, text, missing }) => {
    if (missing !== undefined) return refuse(missing, "EV6");
    const message: Draft = { type: eventType, content, text, sender: facts.actor.person.fqid };
    const back = otherSideReturns(facts);
    return back === undefined ? append(message) : append(back, message);
  },
};

/** DM4: a side that left is back for the message, so that it reaches them; a deactivated one never is. */
export function otherSideReturns(facts: Facts): Draft | undefined {
  const { target } = facts;
  if (roomOf(facts).roomType !== "dm" || target?.person === undefined || target.person.isDeactivated) return undefined;
  if (target.member?.membership !== "leave") return undefined;
  return automatic(facts, MEMBER, { participant: target.person.fqid, membership: "join" }, 1);
}
