import { decide } from "@stairwell/protocol/room";
import { record } from "../audit/index.ts";
import type { Actor } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import type { Log } from "../events/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { carryOut, findFacts } from "../state/index.ts";

/**
 * Restores an archived room for a joined or former member, on behalf of an admin (LC5). The server is the sender, so
 * the audit is told here. Errors as `decide` refuses; on an open room it changes nothing.
 */
export function restoreRoom(
  { db, log }: { db: Db; log: Log },
  actor: Actor,
  receipt: Receipt | undefined,
  roomId: string,
  participantId: string,
): Promise<Answer<{ room_id: string }>> {
  return perform(db, actor.tenant, receipt, async (tx) => {
    const needs = { target: { participantId }, openRooms: true } as const;
    const found = await findFacts(tx, actor, tx.now, roomId, needs);
    const { events } = await carryOut(tx, log, found, decide(found.facts, { kind: "restore" }));
    const [restored] = events;
    if (restored !== undefined) {
      await record(tx, {
        tenantNo: actor.tenant.tenantNo,
        action: "room.restore",
        actor: actor.fqid,
        target: found.target!.fqid,
        roomId: found.stored!.roomId,
        eventId: restored.eventId,
      });
    }
    return { status: 200 as const, ref: { room_id: roomId } };
  });
}
