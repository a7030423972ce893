import { append, NOTHING } from "../decision.ts";
import { MEMBER } from "../events/index.ts";
import { actorMember, hasSeat, notFrozen, seen } from "../guards.ts";
import type { Rule } from "./rule.ts";

export interface Join {
  readonly kind: "join";
}

/** MB4, MB7, MB8: a public room is open to all of its tenant, another needs an invite; an invitee has a seat already. */
export const join: Rule<Join> = {
  may: (facts) => seen(facts) ?? notFrozen(facts),
  outcome: (facts) => {
    const membership = actorMember(facts)?.membership;
    if (membership === "join") return NOTHING;
    const full = membership === "invite" ? undefined : hasSeat(facts);
    if (full !== undefined) return full;
    const { fqid } = facts.actor.person;
    return append({ type: MEMBER, content: { participant: fqid, membership: "join" }, sender: fqid });
  },
};
