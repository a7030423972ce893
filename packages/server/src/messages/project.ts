import { MESSAGE, REDACTION } from "@stairwell/protocol/room";
import { insertOrphan } from "../amendments/index.ts";
import { findEvent, type Projection } from "../events/index.ts";
import { replyTargetOf } from "./content.ts";
import { insertReply, withdrawReply } from "./replies.store.ts";

/** Keeps the record of which message answers which. */
export const projectReplies: Projection = async (tx, { ref, event, content }) => {
  if (event.eventType === REDACTION) {
    const redacted = await findEvent(tx, ref, String(content.event_id));
    if (redacted?.eventType === MESSAGE) await withdrawReply(tx, ref, redacted.position);
    return;
  }
  if (event.eventType !== MESSAGE) return;
  const targetId = replyTargetOf(content);
  if (targetId === undefined) return;
  const target = await findEvent(tx, ref, targetId);
  if (target === undefined) await insertOrphan(tx, ref, targetId, event.position);
  else await insertReply(tx, ref, target.position, event.position);
};
