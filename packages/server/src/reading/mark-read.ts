import { StairwellError } from "@stairwell/protocol";
import type { Actor } from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import { findEvent } from "../events/index.ts";
import { isForgotten } from "../state/index.ts";
import { accessOwn } from "./access-own.ts";
import { advanceMarker } from "./reading.store.ts";
import { readingOf, type OwnReading } from "./unread.ts";

export type Read = OwnReading & { position: number };

export interface MarkReadParts {
  db: Db;
  /** Told when a marker moved, after the commit: the person's other devices want to know (RD5). */
  onRead: (actor: Actor, roomId: string, read: Read) => void;
}

/**
 * Moves the caller's marker to an event, if that is forward (RD1); frozen rooms included (LC1).
 * `SW_EVENT_NOT_FOUND` for an event that is not of this room.
 */
export function markRead({ db, onRead }: MarkReadParts, actor: Actor, roomId: string, eventId: string): Promise<Read> {
  return db.write({ tenantNo: actor.tenant.tenantNo, room: roomId }, async (tx) => {
    const stored = await accessOwn(tx, actor, tx.now, roomId, "RD1");
    const event = await findEvent(tx, stored, eventId);
    if (event === undefined) throw new StairwellError("SW_EVENT_NOT_FOUND");
    const moved = await advanceMarker(tx, stored, actor.participantNo, event);
    const reading = await readingOf(tx, stored, actor.participantNo, !isForgotten(stored));
    const read = { ...reading, position: reading.marker!.readPosition };
    if (moved > 0) tx.afterCommit(() => onRead(actor, roomId, read));
    return read;
  });
}

/** A marker on the wire. */
export function readView({ lastReadEventId, position, counts }: Read) {
  return {
    last_read_event_id: lastReadEventId,
    last_read_position: position,
    unread_count: counts.unread,
    mention_count: counts.mentions,
  };
}
