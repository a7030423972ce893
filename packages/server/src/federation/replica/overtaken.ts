import { type JsonObject, parseJson, StairwellError } from "@stairwell/protocol";
import type { StoredEvent } from "../../events/index.ts";
import { isSaid, Pending } from "./pending.ts";

/**
 * What is answered where a log has what somebody asked for, and by now also what keeps it from being shown to them, as when
 * they were kicked right after it: whatever they may see, it is done, and no refusal is to say otherwise (FD13). What was
 * said is answered as accepted; for all else the room's log says what came of it: `SW_FED_OUTCOME_UNKNOWN`.
 */
export function overtaken({ eventId, eventType, originTs, content }: StoredEvent): Error {
  if (isSaid(eventType)) return new Pending({ id: eventId, origin_ts: originTs, content: saidIn(content) });
  return new StairwellError("SW_FED_OUTCOME_UNKNOWN", {
    rule: "FD13",
    message: "It is in the room's log; what came after it keeps it from being shown here.",
    details: { event_id: eventId },
  });
}

/** What was deleted meanwhile says nothing. */
function saidIn(content: string | null): JsonObject {
  return content === null ? {} : (parseJson(content) as JsonObject);
}
