import { type Draft, type Facts, refuse } from "../decision.ts";
import { departure } from "../departure.ts";
import { MEMBER } from "../events/index.ts";
import {
  knownTarget,
  mustBeJoined,
  needsPower,
  notDm,
  notFrozen,
  type Objection,
  outranksTarget,
  seen,
  targetMember,
} from "../guards.ts";
import { POWER } from "../state.ts";
import type { Rule } from "./rule.ts";

export interface Kick {
  readonly kind: "kick";
  readonly reason?: string;
}

/** Kick a member (MB12) or revoke an invite (MB6). One's own invite is revoked with any power. */
export const kick: Rule<Kick> = {
  may: (facts) =>
    seen(facts) ??
    notDm(facts) ??
    notFrozen(facts) ??
    mustBeJoined(facts, "MB12") ??
    (isOwnInvite(facts) ? undefined : needsPower(facts, POWER.moderator, "MB12")),
  outcome: (facts, { reason }) => {
    const refusal = knownTarget(facts) ?? outranksTarget(facts, "MB12") ?? isIn(facts);
    if (refusal !== undefined) return refusal;
    const target = targetMember(facts)!;
    const draft: Draft = {
      type: MEMBER,
      content: {
        participant: target.fqid,
        membership: "leave",
        cause: target.membership === "invite" ? "revoked" : "kicked",
        ...(reason === undefined ? {} : { reason }),
      },
      sender: facts.actor.person.fqid,
    };
    return departure(facts, target, draft);
  },
};

function isOwnInvite(facts: Facts): boolean {
  const target = targetMember(facts);
  return target?.membership === "invite" && target.invitedBy === facts.actor.person.fqid;
}

function isIn(facts: Facts): Objection {
  const membership = targetMember(facts)?.membership;
  if (membership === "join" || membership === "invite") return undefined;
  const rule = membership === "ban" ? "MB11" : "MB12";
  return refuse("SW_MEMBER_STATE", rule, { message: "They are neither joined nor invited." });
}
