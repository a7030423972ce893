import { StairwellError } from "@stairwell/protocol";
import { amendmentsOf } from "../amendments/index.ts";
import { record } from "../audit/index.ts";
import type { Actor } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import { findEvent, type Log } from "../events/index.ts";
import { wireTime } from "../lib/clock.ts";
import { redactAsAdmin } from "../messages/index.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { findRoom } from "../state/index.ts";

type Place = { room_id: string; event_id: string };

/**
 * Redacts an event for an admin (LC8) and puts it on the audit, since the log has the server as its sender. Errors as
 * `redactAsAdmin`; what is redacted already stays as it is, and is no act.
 */
export function redactEvent(
  { db, log }: { db: Db; log: Log },
  actor: Actor,
  receipt: Receipt | undefined,
  place: Place,
  reason: string,
): Promise<Answer<Place>> {
  return perform(db, actor.tenant, receipt, async (tx) => {
    const { at, redaction } = await redactAsAdmin(tx, log, actor, place, reason);
    if (redaction !== undefined) {
      const author = (await findEvent(tx, at, place.event_id))?.sender;
      await record(tx, {
        tenantNo: at.tenantNo,
        action: "event.redact",
        actor: actor.fqid,
        target: author ?? undefined,
        roomId: at.roomId,
        eventId: redaction.eventId,
        details: { redacted_event_id: place.event_id },
      });
    }
    return { status: 200 as const, ref: place };
  });
}

/** What an admin is told of an event: that it is redacted, and since when; never what it said. */
export async function redactedView(db: Db, { tenant, participantNo }: Actor, { room_id, event_id }: Place) {
  return db.snapshot(async (reader) => {
    const at = await findRoom(reader, tenant.tenantNo, room_id);
    const event = at && (await findEvent(reader, at, event_id));
    if (at === undefined || event === undefined) throw new StairwellError("SW_EVENT_NOT_FOUND");
    const { position } = event;
    const amended = await amendmentsOf(reader, at, [position], { participantNo, readableTo: Infinity });
    return { room_id, event_id, redacted_at: wireTime(amended.get(position)!.redactedAt!) };
  });
}
