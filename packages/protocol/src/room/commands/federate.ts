import { append, automatic, type Decision, type Draft, type Facts, NOTHING, refuse } from "../decision.ts";
import { FEDERATION, MEMBER, POWER_LEVEL, STATE } from "../events/index.ts";
import { notReplica } from "../foreign.ts";
import { notDm, notFrozen, type Objection, roomOf } from "../guards.ts";
import { type MemberState, POWER } from "../state.ts";
import type { Rule } from "./rule.ts";

export interface Federate {
  readonly kind: "federate";
  readonly enabled: boolean;
}

/**
 * FD10: an administrator of the tenant opens a room to other servers, or ends that. The server is the sender. The end is
 * the last event that leaves: after it those from elsewhere are removed, and what follows from that is as at any going.
 */
export const federate: Rule<Federate> = {
  may: (facts) =>
    mayAdminister(facts) ?? notReplica(facts) ?? notDirect(facts) ?? notIncognito(facts) ?? notFrozen(facts),
  outcome: (facts, { enabled }) => {
    if (roomOf(facts).federated === enabled) return NOTHING;
    const said = automatic(facts, FEDERATION, { enabled });
    return enabled ? (notParted(facts) ?? append(said)) : withoutForeigners(facts, said);
  },
};

/** What only an administrator of the tenant may, in whatever room of it. */
export function mayAdminister(facts: Facts): Objection {
  if (!facts.actor.isTenantAdmin) return refuse("SW_AUTH_INSUFFICIENT_PERMISSION", "FD10");
  return facts.room === undefined ? { refusal: { code: "SW_ROOM_NOT_FOUND" } } : undefined;
}

function notDirect(facts: Facts): Objection {
  if (notDm(facts) === undefined) return undefined;
  const message = "A direct room is of two servers from its beginning, or never: POST /v1/me/federated-dms opens one.";
  return refuse("SW_ROOM_TYPE_INVARIANT", "DM3", { message });
}

function notIncognito(facts: Facts): Objection {
  if (roomOf(facts).scopeKind === null) return undefined;
  return refuse("SW_ROOM_TYPE_INVARIANT", "FD10", { message: "An incognito room never leaves its server." });
}

/**
 * Who had a room when its sharing ended keeps it as it was then, frozen, and is owed nothing of what was said since: there is
 * no log that both could go on with (FD10).
 */
export function notParted({ formerServers: servers = [] }: Facts): Objection {
  if (servers.length === 0) return undefined;
  return refuse("SW_ROOM_TYPE_INVARIANT", "FD10", {
    message:
      "The sharing of this room has ended, and other servers keep it as it was then: share a new room with them.",
    details: { servers },
  });
}

function withoutForeigners(facts: Facts, said: Draft): Decision {
  const room = roomOf(facts);
  const foreigners = facts.foreigners ?? [];
  const going = foreigners.map(({ fqid }) =>
    automatic(facts, MEMBER, { participant: fqid, membership: "leave", cause: "defederated" }, 0),
  );
  const joined = foreigners.filter(({ membership }) => membership === "join");
  if (joined.length === 0) return append(said, ...going);
  if (joined.length === room.joinedCount) {
    return append(said, ...going, automatic(facts, STATE, { state: "archived" }, going.length));
  }
  if (joined.filter(isAdmin).length < room.adminCount) return append(said, ...going);
  if (facts.heir === undefined) throw new Error("the last admin goes and nobody was found to inherit");
  return append(
    said,
    ...going,
    automatic(facts, POWER_LEVEL, { participant: facts.heir, power_level: POWER.admin }, going.length),
  );
}

function isAdmin({ powerLevel }: MemberState): boolean {
  return powerLevel === POWER.admin;
}
