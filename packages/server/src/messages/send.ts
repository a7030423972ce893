import { contentText, invalid, type JsonObject, StairwellError } from "@stairwell/protocol";
import { decide, isSendable, MESSAGE, seen, standing } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { findEventByUuid, type Log, type RoomRef, type StoredEvent } from "../events/index.ts";
import type { Identities } from "../participants/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { allowed, carryOut, findFacts, type Found } from "../state/index.ts";
import { namedIn, type Recorded, toRecord } from "./content.ts";

export interface SendInput {
  content: JsonObject;
  eventType: string;
  eventUuid: string | null;
}

export interface Sent extends Answer<{ room_id: string; event_id: string }> {
  at: RoomRef;
  event: StoredEvent;
  /** It was appended just now, and is no repeat (EV1). */
  isFresh: boolean;
  /** Events appended beyond the message itself, for the rate limit. */
  appended: number;
}

/**
 * Sends a message or custom event. With an `event_uuid` a repeat answers the first event, for ever (EV1).
 * `SW_REQUEST_INVALID`, `SW_CONTENT_TOO_LARGE` by the content's form; then as `decide` refuses.
 */
export function send(
  deps: { db: Db; log: Log; identities: Identities },
  actor: Actor,
  receipt: Receipt | undefined,
  roomId: string,
  input: SendInput,
): Promise<Sent> {
  if (!isSendable(input.eventType)) {
    throw invalid("/event_type", "must be swp.room.message or a dotted name outside swp., as acme.deploy");
  }
  const text = contentText(input.content);
  const isMessage = input.eventType === MESSAGE;
  const named = isMessage ? namedIn(input.content) : undefined;

  return perform(deps.db, receipt, async (tx) => {
    const found = await findFacts(tx, actor, tx.now, roomId);
    // Nothing is looked up in a hidden room, nor its record measured: that would tell it from an unknown one (AP2).
    allowed(seen(found.facts));
    const record: Recorded =
      named === undefined
        ? { content: input.content, missing: undefined }
        : await toRecord(tx, deps.identities, actor, found.stored!, input.content, named);
    const recordText = record.content === input.content ? text : contentText(record.content);

    const before = await sentBefore(tx, actor, found, input, recordText);
    if (before !== undefined) return answer(found.stored!, before, 0);

    const { eventType, eventUuid } = input;
    const decision = decide(found.facts, {
      kind: "send",
      eventType,
      content: record.content,
      text: recordText,
      missing: record.missing,
    });
    const { events } = await carryOut(tx, deps.log, found, decision, eventUuid);
    return answer(found.stored!, events.at(-1)!, events.length);
  });
}

function answer(at: RoomRef, event: StoredEvent, appended: number): Sent {
  return {
    status: 201,
    ref: { room_id: at.roomId, event_id: event.eventId },
    at,
    event,
    isFresh: appended > 0,
    appended,
  };
}

/** EV1: what this sender sent before with the same `event_uuid`. `SW_IDEMPOTENCY_CONFLICT` if it was something else. */
async function sentBefore(
  tx: Tx,
  actor: Actor,
  { facts, stored }: Found,
  { eventType, eventUuid }: SendInput,
  text: string,
): Promise<StoredEvent | undefined> {
  if (eventUuid === null || standing(facts.room, facts.actor.member, facts.now) !== "joined") return undefined;
  const before = await findEventByUuid(tx, stored!, actor.fqid, eventUuid);
  if (before === undefined) return undefined;
  // A wiped event has no content to compare; its id is still taken.
  if (before.eventType !== eventType || (before.content !== null && before.content !== text)) {
    throw new StairwellError("SW_IDEMPOTENCY_CONFLICT", {
      rule: "EV1",
      message: "You sent something else with this event_uuid.",
    });
  }
  return before;
}
