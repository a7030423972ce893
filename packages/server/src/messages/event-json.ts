import { amendmentsOf } from "../amendments/index.ts";
import type { Actor } from "../auth/index.ts";
import type { ReadStore } from "../db/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Identities } from "../participants/index.ts";
import { messageJson, messagesJson, reactionsJson } from "./messages.view.ts";
import { accessHistory, getEvent, viewerOf } from "./read.ts";
import type { Sent } from "./send.ts";

export interface EventJsonParts {
  db: ReadStore;
  identities: Identities;
  clock: Pick<Clock, "now">;
}

/** One event as its reader sees it now. `SW_ROOM_…` as history is refused; `SW_EVENT_NOT_FOUND`. */
export async function eventJson(
  { db, identities, clock }: EventJsonParts,
  actor: Actor,
  roomId: string,
  eventId: string,
): Promise<string> {
  return db.snapshot(async (reader) => {
    const readable = await accessHistory(reader, actor, clock.now(), roomId);
    const event = await getEvent(reader, readable, eventId);
    const array = await messagesJson(reader, identities, readable.at, [event], viewerOf(actor, readable));
    return array.slice(1, -1);
  });
}

/** What stands on an event now, as its reader sees it: `{reactions}`. Refused as `eventJson`. */
export async function reactionsOfJson(
  { db, clock }: EventJsonParts,
  actor: Actor,
  roomId: string,
  eventId: string,
): Promise<string> {
  return db.snapshot(async (reader) => {
    const readable = await accessHistory(reader, actor, clock.now(), roomId);
    const { position } = await getEvent(reader, readable, eventId);
    const amended = await amendmentsOf(reader, readable.at, [position], viewerOf(actor, readable));
    return `{"reactions":${reactionsJson(amended.get(position)?.reactions ?? [])}}`;
  });
}

/** What a send answers, by whichever door it came. Of a repeat there may be the reference only. */
export async function sentJson(
  parts: EventJsonParts,
  actor: Actor,
  { ref, at, event, isFresh }: Pick<Sent, "ref"> & Partial<Sent>,
): Promise<string> {
  // Fresh from the append, an event needs no reading: nothing refers to it yet.
  if (at !== undefined && event !== undefined && isFresh === true) {
    return messageJson(parts.db, parts.identities, at, event);
  }
  return eventJson(parts, actor, ref.room_id, ref.event_id);
}
