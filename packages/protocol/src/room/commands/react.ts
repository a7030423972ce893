import { LIMITS } from "../../limits.ts";
import { append, type Facts, NOTHING, refuse } from "../decision.ts";
import { isAmendment, REACTION } from "../events/index.ts";
import { knownEvent, mustBeJoined, notFrozen, type Objection, seen, theEvent, unfitEvent } from "../guards.ts";
import type { Rule } from "./rule.ts";

export interface React {
  readonly kind: "react";
  /** As `cleanEmoji` gives it. */
  readonly emoji: string;
  readonly action: "add" | "remove";
}

/** EV5: one reaction for each event, sender and emoji; adding what stands and removing what does not change nothing. */
export const react: Rule<React> = {
  may: (facts) => seen(facts) ?? notFrozen(facts) ?? mustBeJoined(facts, "EV5"),
  outcome: (facts, { emoji, action }) => {
    const isAdded = action === "add";
    const objection = knownEvent(facts) ?? canBeReactedTo(facts) ?? (isAdded ? isThere(facts) : undefined);
    if (objection !== undefined) return objection;
    const { id, reaction } = theEvent(facts);
    if ((reaction?.isMine ?? false) === isAdded) return NOTHING;
    const full = isAdded ? hasPlace(facts) : undefined;
    if (full !== undefined) return full;
    return append({
      type: REACTION,
      content: { event_id: id, emoji, action },
      sender: facts.actor.person.fqid,
    });
  },
};

function canBeReactedTo(facts: Facts): Objection {
  if (!isAmendment(theEvent(facts).type)) return undefined;
  return unfitEvent("EV5", "is itself about another event");
}

function isThere(facts: Facts): Objection {
  if (!theEvent(facts).isRedacted) return undefined;
  return refuse("SW_ROOM_FORBIDDEN", "EV5", { message: "The event was redacted." });
}

function hasPlace(facts: Facts): Objection {
  const { reaction } = theEvent(facts);
  if (reaction === undefined || !reaction.isNew || reaction.emojis < LIMITS.emojisPerEvent) return undefined;
  return refuse("SW_EVENT_CAPACITY", "EV5", { details: { max_emojis: LIMITS.emojisPerEvent } });
}
