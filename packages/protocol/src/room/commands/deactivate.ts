import type { Fqid } from "../../ids.ts";
import { append, automatic, type Decision, type Facts, NOTHING } from "../decision.ts";
import { departure } from "../departure.ts";
import { MEMBER, STATE } from "../events/index.ts";
import { actorMember, type Objection, roomOf } from "../guards.ts";
import type { MemberState } from "../state.ts";
import type { Rule } from "./rule.ts";

/** A deactivated person's open invites to others are taken back. */
export interface Withdraw {
  readonly kind: "withdraw";
  readonly invitees: readonly Fqid[];
}

/** A deactivated person goes: the actor of the facts, in whose place the server acts. */
export interface Deactivate {
  readonly kind: "deactivate";
}

/** The server does this by itself, in rooms that it found: there is nobody to refuse. */
const nobodyAsks = (): Objection => undefined;

export const withdraw: Rule<Withdraw> = {
  may: nobodyAsks,
  outcome: (facts, { invitees }) =>
    append(
      ...invitees.map((participant) =>
        automatic(facts, MEMBER, { participant, membership: "leave", cause: "revoked" }),
      ),
    ),
};

/** AU9: out of every room, whatever its state, and out of every open invite. Again it changes nothing. */
export const deactivate: Rule<Deactivate> = {
  may: nobodyAsks,
  outcome: (facts) => {
    const member = actorMember(facts);
    const isIn = member?.membership === "join" || member?.membership === "invite";
    const going = isIn ? goingOf(facts, member) : NOTHING;
    return roomOf(facts).roomType === "dm" ? archivedWith(facts, going) : going;
  },
};

function goingOf(facts: Facts, member: MemberState): Decision {
  const content = { participant: member.fqid, membership: "leave", cause: "deactivated" };
  return departure(facts, member, automatic(facts, MEMBER, content));
}

/** DM4: a DM is archived with a side that never comes back, whether or not they had left it before. */
function archivedWith(facts: Facts, going: Decision): Decision {
  if (!("drafts" in going) || roomOf(facts).state !== "open") return going;
  const { drafts } = going;
  if (drafts.some(({ type }) => type === STATE)) return going;
  return append(...drafts, automatic(facts, STATE, { state: "archived" }, drafts.length === 0 ? undefined : 0));
}
