import { StairwellError } from "@stairwell/protocol";
import { seen, standing } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import { findEvent } from "../events/index.ts";
import { allowed, findFacts } from "../state/index.ts";
import { advanceMarker } from "./reading.store.ts";
import { readingOf, type OwnReading } from "./unread.ts";

/**
 * Moves the caller's marker to an event, if that is forward (RD1); frozen rooms included (LC1).
 * `SW_EVENT_NOT_FOUND` for an event that is not of this room.
 */
export function markRead(db: Db, actor: Actor, roomId: string, eventId: string): Promise<OwnReading & { position: number }> {
  return db.write(async (tx) => {
    const { facts, stored } = await findFacts(tx, actor, tx.now, roomId);
    allowed(seen(facts));
    if (stored === undefined || standing(facts.room, facts.actor.member, tx.now) !== "joined") {
      throw new StairwellError("SW_ROOM_FORBIDDEN", { rule: "RD1", message: "Only a joined member has a read marker." });
    }
    const event = await findEvent(tx, stored, eventId);
    if (event === undefined) throw new StairwellError("SW_EVENT_NOT_FOUND");
    await advanceMarker(tx, stored, actor.participantNo, event);
    const reading = await readingOf(tx, stored, actor.participantNo, true);
    return { ...reading, position: reading.marker!.readPosition };
  });
}
