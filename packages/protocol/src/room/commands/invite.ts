import { append, type Draft, NOTHING, refuse } from "../decision.ts";
import { MEMBER } from "../events/index.ts";
import { mayBeInvitedFromElsewhere } from "../foreign.ts";
import {
  availableTarget,
  hasSeat,
  mustBeJoined,
  notDm,
  notFrozen,
  type Objection,
  seen,
  targetMember,
  targetNotBanned,
} from "../guards.ts";
import type { Facts } from "../decision.ts";
import type { Rule } from "./rule.ts";

export interface Invite {
  readonly kind: "invite";
  readonly reason?: string;
}

/** MB1: only a joined member invites; of an invited or joined person it changes nothing. */
export const invite: Rule<Invite> = {
  may: (facts) => seen(facts) ?? notDm(facts) ?? notFrozen(facts) ?? mustBeJoined(facts, "MB1"),
  outcome: (facts, { reason }) => {
    const refusal = availableTarget(facts) ?? mayBeInvitedFromElsewhere(facts) ?? targetNotBanned(facts);
    if (refusal !== undefined) return refusal;
    const membership = targetMember(facts)?.membership;
    if (membership === "join" || membership === "invite") return NOTHING;
    const full = hasSeat(facts) ?? holdsFewInvites(facts);
    if (full !== undefined) return full;

    const { fqid, autoJoin } = facts.target!.person!;
    const by = facts.actor.person.fqid;
    const invited: Draft = {
      type: MEMBER,
      content: { participant: fqid, membership: "invite", invited_by: by, ...(reason === undefined ? {} : { reason }) },
      sender: by,
    };
    if (!autoJoin) return append(invited);
    // MB5: the second event is the bot's own.
    return append(invited, { type: MEMBER, content: { participant: fqid, membership: "join" }, sender: fqid });
  },
};

function holdsFewInvites(facts: Facts): Objection {
  const most = facts.limits.open_invites;
  if (most === null || (facts.openInvites ?? 0) < most) return undefined;
  return refuse("SW_ROOM_CAPACITY", "MB18", {
    message: "You hold as many open invites in this room as one person may.",
    details: { open_invites: most },
  });
}
