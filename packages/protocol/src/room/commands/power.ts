import { append, type Facts, NOTHING, refuse } from "../decision.ts";
import { POWER_LEVEL } from "../events/index.ts";
import {
  actorMember,
  knownTarget,
  mustBeJoined,
  needsPower,
  notDm,
  notFrozen,
  type Objection,
  roomOf,
  seen,
  targetMember,
} from "../guards.ts";
import { POWER } from "../state.ts";
import type { Rule } from "./rule.ts";

export interface SetPower {
  readonly kind: "power";
  /** 0..100. */
  readonly level: number;
}

/** PL1 to PL3. */
export const power: Rule<SetPower> = {
  may: (facts) =>
    seen(facts) ??
    notDm(facts) ??
    notFrozen(facts) ??
    mustBeJoined(facts, "PL1") ??
    needsPower(facts, POWER.admin, "PL1"),
  outcome: (facts, { level }) => {
    const refusal = knownTarget(facts) ?? mayChange(facts, level) ?? isJoined(facts);
    if (refusal !== undefined) return refusal;
    const target = targetMember(facts)!;
    if (target.powerLevel === level) return NOTHING;
    const { adminCount } = roomOf(facts);
    if (target.powerLevel === POWER.admin && adminCount === 1) {
      return refuse("SW_ROOM_LAST_ADMIN", "PL3", {
        details: { candidates: [...(facts.candidates ?? [])] },
      });
    }
    return append({
      type: POWER_LEVEL,
      content: { participant: target.fqid, power_level: level },
      sender: facts.actor.person.fqid,
    });
  },
};

/**
 * PL2: not those with as much power, but oneself; and nobody lowers the creator but the creator. Whoever comes here has
 * all the power there is, so a refusal names none that would do (AP5).
 */
function mayChange(facts: Facts, level: number): Objection {
  const target = targetMember(facts);
  if (target?.membership !== "join" || target.fqid === facts.actor.person.fqid) return undefined;
  const actual = actorMember(facts)!.powerLevel;
  const isEqual = target.powerLevel >= actual && level !== target.powerLevel;
  const lowersCreator = target.fqid === roomOf(facts).creator && level < target.powerLevel;
  if (!isEqual && !lowersCreator) return undefined;
  return refuse("SW_ROOM_FORBIDDEN", "PL2", { message: "You may not change this member's power.", actual });
}

function isJoined(facts: Facts): Objection {
  if (targetMember(facts)?.membership === "join") return undefined;
  return refuse("SW_MEMBER_STATE", "PL1", { message: "Only a joined member has power." });
}
