import { append, automatic, type Facts, NOTHING, refuse } from "../decision.ts";
import { REDACTION, remainderOf } from "../events/index.ts";
import {
  actorMember,
  knownEvent,
  mustBeJoined,
  notFrozen,
  type Objection,
  saidEvent,
  seen,
  theEvent,
  unfitEvent,
} from "../guards.ts";
import { POWER } from "../state.ts";
import type { Rule } from "./rule.ts";

export interface Redact {
  readonly kind: "redact";
  readonly reason?: string;
}

export interface AdminRedact {
  readonly kind: "adminRedact";
  readonly reason: string;
}

/** EV4: one's own, or with power 50. What is gone is gone: again changes nothing. */
export const redact: Rule<Redact> = {
  may: (facts) => seen(facts) ?? notFrozen(facts) ?? mustBeJoined(facts, "EV4"),
  outcome: (facts, { reason }) => {
    const objection = knownEvent(facts) ?? saidEvent(facts, "EV4") ?? mayRedact(facts);
    if (objection !== undefined) return objection;
    const { id, isRedacted } = theEvent(facts);
    if (isRedacted) return NOTHING;
    const content = { event_id: id, ...(reason === undefined ? {} : { reason }) };
    return append({ type: REDACTION, content, sender: facts.actor.person.fqid });
  },
};

/** FD14: administrators of the room's own server alone are above its rules; what one of ours may, they say as themselves. */
const isOthers = refuse("SW_ROOM_TYPE_INVARIANT", "FD22", {
  message:
    "Another server orders this room: its administrators redact there. Whoever said it, or has power " +
    `${POWER.moderator} in the room, can redact it with POST /v1/rooms/{room_id}/events/{event_id}/redact.`,
});

/**
 * LC8: by an administrator of the tenant, in whatever room of it and state, with the server as sender. Of events that
 * members did not send it takes the `reason` and leaves the rest.
 */
export const adminRedact: Rule<AdminRedact> = {
  may: (facts) => {
    if (!facts.actor.isTenantAdmin) return refuse("SW_AUTH_INSUFFICIENT_PERMISSION", "LC8");
    if (facts.room === undefined) return { refusal: { code: "SW_ROOM_NOT_FOUND" } };
    return facts.isReplica === true ? isOthers : undefined;
  },
  outcome: (facts, { reason }) => {
    const unknown = knownEvent(facts);
    if (unknown !== undefined) return unknown;
    const { id, type, isRedacted, content } = theEvent(facts);
    if (isRedacted) return NOTHING;
    if (content === null || remainderOf(type, content) === undefined) {
      return unfitEvent("LC8", "has nothing that can be redacted");
    }
    return append(automatic(facts, REDACTION, { event_id: id, reason }));
  },
};

function mayRedact(facts: Facts): Objection {
  if (theEvent(facts).sender === facts.actor.person.fqid) return undefined;
  const actual = actorMember(facts)?.powerLevel ?? 0;
  if (actual >= POWER.moderator) return undefined;
  return refuse("SW_REDACT_FORBIDDEN", "EV4", {
    message: `Redacting what another said needs power ${POWER.moderator}.`,
    needed: POWER.moderator,
    actual,
  });
}
