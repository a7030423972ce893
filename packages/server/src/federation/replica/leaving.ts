import { type EventId, type Fqid, type JsonObject, StairwellError } from "@stairwell/protocol";
import type { ProposedEvent, WireRefusal } from "@stairwell/protocol/federation";
import { MEMBER } from "@stairwell/protocol/room";
import type { Db, Tx } from "../../db/index.ts";
import { findEvent, type RoomRef, type Sequenced, type StillLeaving } from "../../events/index.ts";
import { findByFqid } from "../../participants/index.ts";
import { endLeaving, findLeaving, saveLeaving } from "../../state/index.ts";
import { findFate, findPending, takeBack } from "../rows/proposals.store.ts";
import { Pending } from "./pending.ts";

/** Tells somebody's devices that they are leaving a room of another server, or are not after all. */
export type TellLeaving = (at: RoomRef, participantNo: number, leaving: boolean) => void;

export interface LeavingParts {
  readonly db: Db;
  readonly tellLeaving: TellLeaving;
}

/** Whether somebody says of themselves that they go, or decline. */
export function isLeave(said: { readonly type: string; readonly content: JsonObject; readonly sender: Fqid }): boolean {
  const { participant, membership } = said.content;
  return said.type === MEMBER && membership === "leave" && participant === said.sender;
}

/**
 * A leave that its hub has not answered: from now on its person neither reads nor hears of the room, and the leave is asked
 * for until it has its fate (FD13). Throws `Pending`; where it has its fate by now, answers that, or throws the refusal.
 */
export async function waitingToLeave(
  { db, tellLeaving }: LeavingParts,
  at: RoomRef,
  said: ProposedEvent,
): Promise<Sequenced> {
  const waits = await db.write({ tenantNo: at.tenantNo }, async (tx) => {
    const pending = await findPending(tx, at.tenantNo, said.id);
    if (pending === undefined) return false;
    await saveLeaving(tx, at, pending.participantNo, { kind: "asked", eventId: said.id });
    tx.afterCommit(() => tellLeaving(at, pending.participantNo, true));
    return true;
  });
  if (waits) throw new Pending(said, { leaving: true });
  const fate = await findFate(db, at.tenantNo, said.id);
  if (fate?.error) {
    const { code, ...info } = fate.error;
    throw new StairwellError(code, info);
  }
  const event = await findEvent(db, at, said.id);
  return { roomNo: at.roomNo, events: event === undefined ? [] : [event] };
}

/** Somebody goes from a room that is shared no more: nobody is to be asked, and its log ends as it did. */
export async function leftHere({ db, tellLeaving }: LeavingParts, at: RoomRef, who: Fqid): Promise<Sequenced> {
  await db.write({ tenantNo: at.tenantNo }, async (tx) => {
    const { participantNo } = (await findByFqid(tx, at.tenantNo, who))!;
    await saveLeaving(tx, at, participantNo, { kind: "left", eventId: null });
    tx.afterCommit(() => tellLeaving(at, participantNo, true));
  });
  return { roomNo: at.roomNo, events: [] };
}

/**
 * Somebody comes back whose leave waits: it is taken back if it has not left. `SW_MEMBER_STATE` where it has, or may have,
 * until its fate is known.
 */
export async function stayAfterAll(
  { db, tellLeaving }: LeavingParts,
  { at, participantNo, eventId }: StillLeaving,
): Promise<void> {
  const { tenantNo } = at;
  await db.write({ tenantNo }, async (tx) => {
    if ((await findLeaving(tx, at, participantNo))?.eventId !== eventId) return;
    if (!(await takeBack(tx, tenantNo, eventId))) {
      throw new StairwellError("SW_MEMBER_STATE", {
        rule: "FD13",
        message: "Your leave is with the room's server, which has not answered yet; try again later.",
        details: { event_id: eventId },
      });
    }
    await endLeaving(tx, at, participantNo);
    tx.afterCommit(() => tellLeaving(at, participantNo, false));
  });
}

/**
 * A leave has its fate, and the log does not say so here. Where its person is not in the room there, or nobody of ours is, the
 * log is about to say so; where it is refused they stay. Answers whether that is to be told.
 */
export async function leaveSettled(
  tx: Tx,
  { tellLeaving }: Pick<LeavingParts, "tellLeaving">,
  at: RoomRef,
  { participantNo, eventId }: { readonly participantNo: number; readonly eventId: EventId },
  error: WireRefusal | null,
): Promise<boolean> {
  if (error !== null && error.code !== "SW_ROOM_NOT_FOUND") {
    if (await endLeaving(tx, at, participantNo, eventId)) tx.afterCommit(() => tellLeaving(at, participantNo, false));
    return true;
  }
  await saveLeaving(tx, at, participantNo, { kind: "resigned", eventId: null });
  tx.afterCommit(() => tellLeaving(at, participantNo, true));
  return false;
}
