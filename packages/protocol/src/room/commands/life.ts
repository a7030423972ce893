import { append, automatic, type Decision, type Facts, type Draft, NOTHING, refuse } from "../decision.ts";
import { MEMBER, POWER_LEVEL, STATE } from "../events/index.ts";
import {
  actorMember,
  hasSeat,
  isCreator,
  isOver,
  mustBeJoined,
  needsPower,
  notClosed,
  notFrozen,
  type Objection,
  roomOf,
  seen,
} from "../guards.ts";
import { POWER } from "../state.ts";
import { join } from "./join.ts";
import type { Rule } from "./rule.ts";

export interface Archive {
  readonly kind: "archive";
  readonly reason?: string;
}

export interface Close {
  readonly kind: "close";
  readonly reason?: string;
}

export interface Rejoin {
  readonly kind: "rejoin";
}

/** LC2: power 50, the creator while joined, or either side of a DM. LC5 lets the same people undo it. */
function mayArchive(facts: Facts, rule: "LC2" | "LC5"): Objection {
  return mustBeJoined(facts, rule) ?? (isCreator(facts) ? undefined : needsPower(facts, POWER.moderator, rule));
}

function mayClose(facts: Facts): Objection {
  return mustBeJoined(facts, "LC6") ?? (isCreator(facts) ? undefined : needsPower(facts, POWER.admin, "LC6"));
}

/** LC4: who might have done it is told that it holds; everybody else that the room is frozen (AP1). */
export const archive: Rule<Archive> = {
  may: (facts) => {
    const hidden = seen(facts);
    if (hidden !== undefined) return hidden;
    // It is frozen for everybody already: whoever is in it may put it away.
    if (isOver(facts)) return mustBeJoined(facts, "LC2");
    const entitled = mayArchive(facts, "LC2");
    return roomOf(facts).state === "archived" && entitled === undefined ? undefined : (notFrozen(facts) ?? entitled);
  },
  outcome: (facts, { reason }) => (roomOf(facts).state === "archived" ? NOTHING : changed(facts, "archived", reason)),
};

/** LC6, LC4. An archived room may be closed (LC1). */
export const close: Rule<Close> = {
  may: (facts) => {
    const hidden = seen(facts);
    if (hidden !== undefined) return hidden;
    const entitled = mayClose(facts);
    return roomOf(facts).state === "closed" && entitled === undefined ? undefined : (notClosed(facts) ?? entitled);
  },
  outcome: (facts, { reason }) => (roomOf(facts).state === "closed" ? NOTHING : changed(facts, "closed", reason)),
};

/** LC5: restores an archived room; acts as join on an open one. */
export const rejoin: Rule<Rejoin> = {
  may: (facts) => {
    const room = facts.room;
    if (room?.state !== "archived") return join.may(facts);
    if (isOver(facts)) return seen(facts) ?? mustBeJoined(facts, "LC5");
    const entitled = mayRestoreDeserted(facts) ? undefined : (seen(facts) ?? mayArchive(facts, "LC5"));
    return entitled ?? otherSideRemains(facts);
  },
  outcome: (facts) => {
    const room = roomOf(facts);
    if (room.state === "open") return join.outcome(facts, { kind: "join" });
    return tenantHasRoom(facts) ?? (actorMember(facts)?.membership === "join" ? restored(facts) : returned(facts));
  },
};

/** DM4: a DM whose other side was deactivated reads on, and nothing more. */
function otherSideRemains(facts: Facts): Objection {
  if (roomOf(facts).roomType !== "dm" || facts.target?.person?.isDeactivated !== true) return undefined;
  return refuse("SW_PARTICIPANT_NOT_FOUND", "DM4");
}

/** Nobody is joined, and this person left by their own will with power 50, or is a side of the DM. */
function mayRestoreDeserted(facts: Facts): boolean {
  const room = roomOf(facts);
  const member = actorMember(facts);
  if (member?.membership !== "leave") return false;
  if (room.roomType === "dm") return true;
  return room.joinedCount === 0 && (member.powerAtLeave ?? 0) >= POWER.moderator;
}

/** LC5: a restored room counts for `max_rooms` again. */
export function tenantHasRoom(facts: Facts): Objection {
  const most = facts.limits.max_rooms;
  if (most === null || roomOf(facts).roomType === "dm" || (facts.openRooms ?? 0) < most) return undefined;
  return refuse("SW_TENANT_CAPACITY", "LC5", { details: { max_rooms: most } });
}

function restored(facts: Facts): Decision {
  return append({ type: STATE, content: { state: "open" }, sender: facts.actor.person.fqid });
}

/** The restorer is joined again; as nobody else is, with power 100. A DM gives its sides 100 by itself. */
function returned(facts: Facts): Decision {
  const full = hasSeat(facts);
  if (full !== undefined) return full;
  const { fqid } = facts.actor.person;
  const drafts: Draft[] = [
    { type: STATE, content: { state: "open" }, sender: fqid },
    { type: MEMBER, content: { participant: fqid, membership: "join" }, sender: fqid },
  ];
  if (roomOf(facts).roomType !== "dm") {
    drafts.push(automatic(facts, POWER_LEVEL, { participant: fqid, power_level: POWER.admin }, 1));
  }
  return append(...drafts);
}

function changed(facts: Facts, state: "archived" | "closed", reason: string | undefined): Decision {
  return append({
    type: STATE,
    content: { state, ...(reason === undefined ? {} : { reason }) },
    sender: facts.actor.person.fqid,
  });
}
