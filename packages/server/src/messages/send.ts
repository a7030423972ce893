import { contentText, invalid, type JsonObject, StairwellError } from "@stairwell/protocol";
import { decide, isSendable, MESSAGE, seen, standing } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import { aboutToSay, findEventByUuid, isSequenced, type Log, type RoomRef, type StoredEvent } from "../events/index.ts";
import { acceptedAs } from "../lib/accepted.ts";
import type { Identities } from "../participants/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { allowed, carryOut, type Found, granted, type RecentRooms } from "../state/index.ts";
import { bringNamed, type Bringing, namedIn, type Recorded, refer, toRecord } from "./content.ts";

export interface SendParts extends Bringing {
  log: Log;
  recent: RecentRooms;
  identities: Identities;
}

export interface SendInput {
  content: JsonObject;
  eventType: string;
  eventUuid: string | null;
  /** On whose behalf: a bot or agent of the room. Null: the caller's own. */
  asParticipantId: string | null;
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
 * Sends a message or custom event, the caller's own or on behalf of a bot or agent (PL4). With an `event_uuid` a repeat answers the first event, for ever (EV1).
 * `SW_REQUEST_INVALID`, `SW_CONTENT_TOO_LARGE` by the content's form; then as `decide` refuses.
 */
export async function send(
  deps: SendParts,
  actor: Actor,
  receipt: Receipt | undefined,
  roomId: string,
  input: SendInput,
): Promise<Sent> {
  if (!isSendable(input.eventType)) {
    throw invalid("/event_type", "must be swp.room.message or a dotted name outside swp., as acme.deploy");
  }
  if (input.asParticipantId === actor.participantId) throw invalid("/as_participant_id", "is yourself");
  const text = contentText(input.content);
  const isMessage = input.eventType === MESSAGE;
  const named = isMessage ? namedIn(input.content) : undefined;
  await bringNamed(deps, actor, named?.mediaId);

  const sending = perform(deps.db, { tenantNo: actor.tenant.tenantNo, room: roomId }, receipt, async (tx) => {
    const { eventType, eventUuid, asParticipantId } = input;
    const onBehalf = asParticipantId !== null;
    const found = await deps.recent.findFacts(
      tx,
      actor,
      roomId,
      onBehalf ? { target: { participantId: asParticipantId } } : {},
    );
    // Nothing is looked up in a hidden room, nor its record measured: that would tell it from an unknown one (AP2).
    allowed(seen(found.facts));
    const record: Recorded =
      named === undefined
        ? { content: input.content, missing: undefined }
        : await toRecord(tx, deps.identities, actor, found.stored!, input.content, named);
    const recordText = record.content === input.content ? text : contentText(record.content);
    const decision = () =>
      decide(found.facts, {
        kind: "send",
        eventType,
        content: record.content,
        text: recordText,
        onBehalf,
        missing: record.missing,
      });
    mayBeSaid(tx, actor, found, input, record.content);
    // What another hub has made of it is here already, and is no repeat.
    const isMade = isSequenced(tx, found.stored!);
    const before = isMade ? undefined : await sentBefore(tx, actor, found, input);
    if (before !== undefined) {
      if (isSame(before, actor, input, recordText)) return answer(found.stored!, before, 0);
      // What a bot has sent is told to nobody who may not send as it.
      if (onBehalf) granted(decision());
      throw new StairwellError("SW_IDEMPOTENCY_CONFLICT", {
        rule: "EV1",
        message: "Something else was sent with this event_uuid.",
      });
    }
    const { events } = await carryOut(tx, deps.log, found, decision(), eventUuid);
    if (record.mediaNo !== undefined) {
      const { position } = events.at(-1)!;
      await refer(tx, found.stored!, position, position, record.mediaNo);
    }
    return answer(found.stored!, events.at(-1)!, events.length);
  });
  return acceptedAs(sending, { content: input.content });
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

/** What is said with an `event_uuid` may wait for the hub of its room already, whatever it is refused for here by now. */
function mayBeSaid(
  tx: Tx,
  { fqid, participantNo, tenant }: Actor,
  { stored, target }: Found,
  { asParticipantId, eventType, eventUuid }: SendInput,
  content: JsonObject,
): void {
  const sender = asParticipantId === null ? fqid : target?.fqid;
  if (eventUuid === null || stored!.hub === tenant.serverName || sender === undefined) return;
  const actedBy = asParticipantId === null ? null : fqid;
  aboutToSay(tx, { roomNo: stored!.roomNo, participantNo, eventUuid, sender, actedBy, type: eventType, content });
}

/** EV1: what this sender, the one acted for if there is one, sent before with the same `event_uuid`. */
async function sentBefore(
  tx: Tx,
  actor: Actor,
  { facts, stored, target }: Found,
  { eventUuid, asParticipantId }: SendInput,
): Promise<StoredEvent | undefined> {
  const sender = asParticipantId === null ? actor.fqid : target?.fqid;
  if (eventUuid === null || sender === undefined) return undefined;
  if (standing(facts.room, facts.actor.member, facts.now) !== "joined") return undefined;
  return findEventByUuid(tx, stored!, sender, eventUuid);
}

/** Whether an event is what is being sent: by the same caller, of one type and content. */
function isSame(before: StoredEvent, actor: Actor, { eventType, asParticipantId }: SendInput, text: string): boolean {
  const actedBy = asParticipantId === null ? null : actor.fqid;
  // A wiped event has no content to compare; its id is still taken.
  const isAlike = before.content === null || before.content === text;
  return before.actedBy === actedBy && before.eventType === eventType && isAlike;
}
