import { append, type Draft, NOTHING } from "../decision.ts";
import { departure } from "../departure.ts";
import { MEMBER } from "../events/index.ts";
import {
  knownTarget,
  mustBeJoined,
  needsPower,
  notDm,
  notFrozen,
  outranksTarget,
  seen,
  targetMember,
} from "../guards.ts";
import type { Facts } from "../decision.ts";
import { POWER } from "../state.ts";
import type { Rule } from "./rule.ts";

export interface Ban {
  readonly kind: "ban";
  readonly reason?: string;
  /** Unix milliseconds, in the future; null for good. */
  readonly expiresAt: number | null;
}

export interface Unban {
  readonly kind: "unban";
}

const mayBan = (facts: Facts) =>
  seen(facts) ??
  notDm(facts) ??
  notFrozen(facts) ??
  mustBeJoined(facts, "MB12") ??
  needsPower(facts, POWER.moderator, "MB12");

/** MB13: of somebody never present too; voids an invite; a second ban updates the first. */
export const ban: Rule<Ban> = {
  may: mayBan,
  outcome: (facts, { reason, expiresAt }) => {
    const refusal = knownTarget(facts) ?? outranksTarget(facts, "MB12");
    if (refusal !== undefined) return refusal;
    const before = targetMember(facts);
    const isSame =
      before?.membership === "ban" && before.banExpiresAt === expiresAt && before.reason === (reason ?? null);
    if (isSame) return NOTHING;
    const draft: Draft = {
      type: MEMBER,
      content: {
        participant: facts.target!.person!.fqid,
        membership: "ban",
        ...(reason === undefined ? {} : { reason }),
        ...(expiresAt === null ? {} : { expires_at: new Date(expiresAt).toISOString() }),
      },
      sender: facts.actor.person.fqid,
    };
    return departure(facts, before, draft);
  },
};

/** MB13: gives `leave` with cause `unbanned`; changes nothing for somebody who is not banned. */
export const unban: Rule<Unban> = {
  may: mayBan,
  outcome: (facts) => {
    const refusal = knownTarget(facts);
    if (refusal !== undefined) return refusal;
    const target = targetMember(facts);
    if (target?.membership !== "ban") return NOTHING;
    return append({
      type: MEMBER,
      content: { participant: target.fqid, membership: "leave", cause: "unbanned" },
      sender: facts.actor.person.fqid,
    });
  },
};
