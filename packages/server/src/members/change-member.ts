import { invalid } from "@stairwell/protocol";
import { decide, type RoomCommand } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { isSequenced, type Log } from "../events/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { carryOut, findFacts, type Found, type Needs } from "../state/index.ts";

export interface Changed extends Answer<{ room_id: string; participant_no: number }> {
  appended: number;
}

/**
 * Decides and carries out a command about one member: the target, or the caller where nobody is named.
 * Errors as `decide` refuses; a repeat of what holds appends nothing.
 */
export function changeMember(
  { db, log }: { db: Db; log: Log },
  actor: Actor,
  receipt: Receipt | undefined,
  roomId: string,
  command: RoomCommand,
  needs: Needs = {},
): Promise<Changed> {
  return perform(db, actor.tenant, receipt, async (tx) => {
    const found = await findFacts(tx, actor, tx.now, roomId, needs);
    refuseThePast(tx, found, command);
    const { events } = await carryOut(tx, log, found, decide(found.facts, command));
    const subject = needs.target === undefined ? actor.participantNo : found.target!.participantNo;
    return { status: 200 as const, ref: { room_id: roomId, participant_no: subject }, appended: events.length };
  });
}

/** A ban that is over before it begins is no ban; one that its room's hub has made may be over by now. `SW_REQUEST_INVALID`. */
function refuseThePast(tx: Tx, { stored }: Found, command: RoomCommand): void {
  if (command.kind !== "ban" || command.expiresAt === null || command.expiresAt > tx.now) return;
  if (stored === undefined || !isSequenced(tx, stored)) throw invalid("/expires_at", "must be in the future");
}
