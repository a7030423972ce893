import { decide, type RoomCommand } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Db, Tx } from "../db/index.ts";
import type { Log } from "../events/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { carryOut, findFacts, type Needs } from "../state/index.ts";

export interface RoomChanged extends Answer<{ room_id: string }> {
  appended: number;
}

/** Decides and carries out a command about the room as a whole. Errors as `decide` refuses; a repeat appends nothing. */
export function changeRoom(
  { db, log }: { db: Db; log: Log },
  actor: Actor,
  receipt: Receipt | undefined,
  roomId: string,
  command: RoomCommand,
  needs: Needs = {},
): Promise<RoomChanged> {
  return perform(db, actor.tenant, receipt, (tx) => changeIn(tx, log, actor, roomId, command, needs));
}

/** As `changeRoom`, in a transaction that has more to do. */
export async function changeIn(
  tx: Tx,
  log: Log,
  actor: Actor,
  roomId: string,
  command: RoomCommand,
  needs: Needs = {},
): Promise<RoomChanged> {
  const found = await findFacts(tx, actor, tx.now, roomId, needs);
  const { events } = await carryOut(tx, log, found, decide(found.facts, command));
  return { status: 200, ref: { room_id: roomId }, appended: events.length };
}
