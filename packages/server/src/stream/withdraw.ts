import { canonical, type JsonObject, parseJson } from "@stairwell/protocol";
import { EDIT, REACTION, REDACTION, remainderOf } from "@stairwell/protocol/room";
import type { RoomRef, StoredEvent } from "../events/index.ts";

/** An event on its way to its receivers. */
export interface OnItsWay {
  readonly at: RoomRef;
  event: StoredEvent;
}

/**
 * Takes what a redaction deletes out of the events that still wait to be delivered, as it was taken out of the rows:
 * whoever gets them gets no content (DEL1).
 */
export function withdraw(waiting: Iterable<OnItsWay>, at: RoomRef, redaction: StoredEvent): void {
  if (redaction.eventType !== REDACTION || redaction.content === null) return;
  const targetId = (parseJson(redaction.content) as JsonObject).event_id;
  for (const entry of waiting) {
    const { event } = entry;
    if (entry.at.roomNo !== at.roomNo || entry.at.tenantNo !== at.tenantNo || event.content === null) continue;
    const isAbout = event.eventType === EDIT || event.eventType === REACTION;
    if (event.eventId !== targetId && !isAbout) continue;
    const content = parseJson(event.content) as JsonObject;
    if (event.eventId === targetId) {
      const rest = remainderOf(event.eventType, content);
      if (rest !== undefined) entry.event = { ...event, content: rest === null ? null : canonical(rest), salt: null };
    } else if (content.event_id === targetId) {
      entry.event = { ...event, content: null, salt: null };
    }
  }
}
