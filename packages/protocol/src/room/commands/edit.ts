import { canonical } from "../../canonical.ts";
import type { JsonObject } from "../../json.ts";
import { append, type Facts, NOTHING, refuse } from "../decision.ts";
import { EDIT } from "../events/index.ts";
import {
  knownEvent,
  type Missing,
  mustBeJoined,
  namesWhatIs,
  notFrozen,
  type Objection,
  saidEvent,
  seen,
  theEvent,
} from "../guards.ts";
import type { Rule } from "./rule.ts";

export interface Edit {
  readonly kind: "edit";
  /** What the event is to say, as it is hashed: people as FQIDs, and still answering what it answered. */
  readonly content: JsonObject;
  /** The canonical form of `content`. */
  readonly text: string;
  /** What the content names and nobody is. */
  readonly missing?: Missing | undefined;
}

/** EV3: the sender alone, for a while, and nothing that was redacted. The same content again changes nothing. */
export const edit: Rule<Edit> = {
  may: (facts) => seen(facts) ?? notFrozen(facts) ?? mustBeJoined(facts, "EV3"),
  outcome: (facts, { content, text, missing }) => {
    const unknown = knownEvent(facts) ?? namesWhatIs(missing);
    if (unknown !== undefined) return unknown;
    const objection = saidEvent(facts, "EV3") ?? isOwn(facts) ?? isWhole(facts) ?? isRecent(facts);
    if (objection !== undefined) return objection;
    const event = theEvent(facts);
    if (event.content !== null && canonical(event.content) === text) return NOTHING;
    return append({
      type: EDIT,
      content: { event_id: event.id, content },
      // What is wrapped around the content does not count towards its size (EV2), so it is not measured again.
      text: `{"content":${text},"event_id":${JSON.stringify(event.id)}}`,
      sender: facts.actor.person.fqid,
    });
  },
};

function isOwn(facts: Facts): Objection {
  if (theEvent(facts).sender === facts.actor.person.fqid) return undefined;
  return refuse("SW_EDIT_FORBIDDEN", "EV3", { message: "Only its sender edits a message." });
}

function isWhole(facts: Facts): Objection {
  if (!theEvent(facts).isRedacted) return undefined;
  return refuse("SW_EDIT_FORBIDDEN", "EV3", { message: "The message was redacted." });
}

function isRecent(facts: Facts): Objection {
  const seconds = facts.limits.edit_window_seconds;
  if (seconds === null || facts.now - theEvent(facts).hubTs <= seconds * 1000) return undefined;
  return refuse("SW_EVENT_TOO_OLD_TO_EDIT", "EV3", { details: { edit_window_seconds: seconds } });
}
