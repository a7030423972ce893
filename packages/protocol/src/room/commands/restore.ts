import { append, automatic, type Decision, type Draft, type Facts, NOTHING, refuse } from "../decision.ts";
import { MEMBER, POWER_LEVEL, STATE } from "../events/index.ts";
import { notReplica } from "../foreign.ts";
import {
  availableTarget,
  hasSeat,
  notClosed,
  notDm,
  type Objection,
  roomOf,
  targetMember,
  targetNotBanned,
} from "../guards.ts";
import { POWER } from "../state.ts";
import { tenantHasRoom } from "./life.ts";
import type { Rule } from "./rule.ts";

/** A tenant admin restores an archived room for the target. */
export interface Restore {
  readonly kind: "restore";
}

/**
 * LC5, by a tenant admin: for a joined member, or for a former one, who is joined again, with power 100 if nobody
 * joined has it. The server is the sender. A DM needs no admin: either side restores it.
 */
export const restore: Rule<Restore> = {
  may: (facts) => {
    if (facts.room === undefined) return { refusal: { code: "SW_ROOM_NOT_FOUND" } };
    return (
      notDm(facts) ??
      notReplica(facts) ??
      (facts.room.state === "open" ? undefined : notClosed(facts)) ??
      isTenantAdmin(facts)
    );
  },
  outcome: (facts) => {
    if (roomOf(facts).state === "open") return NOTHING;
    const refusal = availableTarget(facts) ?? targetNotBanned(facts) ?? wasMember(facts) ?? tenantHasRoom(facts);
    if (refusal !== undefined) return refusal;
    const open = automatic(facts, STATE, { state: "open" });
    return targetMember(facts)!.membership === "join" ? append(open) : returned(facts, open);
  },
};

function isTenantAdmin(facts: Facts): Objection {
  return facts.actor.isTenantAdmin ? undefined : refuse("SW_AUTH_INSUFFICIENT_PERMISSION", "AU2");
}

/** Who is joined or once was; an invite alone, or a ban of somebody never present, is no stay. */
function wasMember(facts: Facts): Objection {
  if (targetMember(facts)?.joinedPosition != null) return undefined;
  return refuse("SW_MEMBER_STATE", "LC5", { message: "They never were a member of this room." });
}

function returned(facts: Facts, open: Draft): Decision {
  const full = hasSeat(facts);
  if (full !== undefined) return full;
  const participant = facts.target!.person!.fqid;
  const drafts = [open, automatic(facts, MEMBER, { participant, membership: "join" }, 0)];
  if (roomOf(facts).adminCount === 0) {
    drafts.push(automatic(facts, POWER_LEVEL, { participant, power_level: POWER.admin }, 1));
  }
  return append(...drafts);
}
