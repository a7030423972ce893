import { decide } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import type { Log } from "../events/index.ts";
import { findById } from "../participants/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { carryOut, factsOf, findDm, granted } from "../state/index.ts";
import { newRoomRef } from "./create.ts";

export interface Opened extends Answer<{ room_id: string }> {
  appended: number;
}

/**
 * Opens the direct room with somebody: 201 when it is new, 200 when it was there or is restored (DM1 to DM5).
 * `SW_PARTICIPANT_NOT_FOUND`; `SW_ROOM_TYPE_INVARIANT` with oneself.
 */
export function openDm(
  { db, log }: { db: Db; log: Log },
  actor: Actor,
  receipt: Receipt | undefined,
  participantId: string,
): Promise<Opened> {
  const { tenantNo } = actor.tenant;
  return perform(db, actor.tenant, receipt, async (tx) => {
    const other = await findById(tx, tenantNo, participantId);
    const stored = other && (await findDm(tx, tenantNo, actor.participantNo, other.participantNo));
    const found = await factsOf(tx, actor, tx.now, stored, { target: { participantId }, enters: true });
    const decision = decide(found.facts, { kind: "dm" });
    if (stored !== undefined) {
      const { events } = await carryOut(tx, log, found, decision);
      return { status: 200 as const, ref: { room_id: stored.roomId }, appended: events.length };
    }
    const drafts = granted(decision);
    const [low, high] = [actor.participantNo, other!.participantNo].sort((a, b) => a - b) as [number, number];
    const ref = await newRoomRef(tx, actor, null, false, [low, high]);
    const { events } = await log.append(tx, ref, undefined, drafts);
    return { status: 201 as const, ref: { room_id: ref.roomId }, appended: events.length };
  });
}
