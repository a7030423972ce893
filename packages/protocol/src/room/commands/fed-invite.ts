import { append, automatic, type Facts, NOTHING } from "../decision.ts";
import { MEMBER } from "../events/index.ts";
import { isFederated, mayComeFromElsewhere, notReplica } from "../foreign.ts";
import { hasSeat, knownTarget, notDm, notFrozen, targetMember, targetNotBanned } from "../guards.ts";
import { mayAdminister } from "./federate.ts";
import type { Rule } from "./rule.ts";

export interface FedInvite {
  readonly kind: "fedInvite";
  readonly reason?: string;
}

/** FD11: an administrator of the tenant invites somebody of another server. The server is the sender. */
export const fedInvite: Rule<FedInvite> = {
  may: (facts) => mayAdminister(facts) ?? notReplica(facts) ?? notDm(facts) ?? notFrozen(facts) ?? isFederated(facts),
  outcome: (facts, { reason }) => {
    const refusal = knownTarget(facts) ?? mayComeFromElsewhere(facts) ?? targetNotBanned(facts);
    if (refusal !== undefined) return refusal;
    const membership = targetMember(facts)?.membership;
    if (membership === "join" || membership === "invite") return NOTHING;
    return hasSeat(facts) ?? append(invitation(facts, reason));
  },
};

function invitation(facts: Facts, reason: string | undefined) {
  const participant = facts.target!.person!.fqid;
  return automatic(facts, MEMBER, { participant, membership: "invite", ...(reason === undefined ? {} : { reason }) });
}
