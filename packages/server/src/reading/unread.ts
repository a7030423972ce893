import type { Reader } from "../db/index.ts";
import { findEventAt, findHead, type RoomRef } from "../events/index.ts";
import { countMentions, findMarker, listUnread, type Marker } from "./reading.store.ts";

export interface Counts {
  readonly unread: number;
  readonly mentions: number;
}

/** A person's marker with what lies after it. */
export interface OwnReading {
  readonly marker: Marker | undefined;
  readonly lastReadEventId: string | null;
  readonly counts: Counts;
}

const NOTHING: Counts = { unread: 0, mentions: 0 };

/**
 * Unread messages and mentions after a marker (RD2), in a few steps by key however long the room: each event
 * knows how many messages precede it. Sending moves one's own marker, so none of those after it are one's own.
 */
export async function countUnread(
  reader: Reader,
  ref: RoomRef,
  participantNo: number,
  marker: Marker,
): Promise<Counts> {
  const head = await findHead(reader, ref);
  const unread = (head?.ordinal ?? 0) - marker.readOrdinal;
  if (unread <= 0) return NOTHING;
  return { unread, mentions: await countMentions(reader, ref, participantNo, marker.readPosition) };
}

/** The marker and counts of someone who is joined; counts are zero for everybody else. */
export async function readingOf(
  reader: Reader,
  ref: RoomRef,
  participantNo: number,
  isJoined: boolean,
): Promise<OwnReading> {
  const marker = await findMarker(reader, ref, participantNo);
  if (marker === undefined) return { marker, lastReadEventId: null, counts: NOTHING };
  const event = await findEventAt(reader, ref, marker.readPosition);
  const counts = isJoined ? await countUnread(reader, ref, participantNo, marker) : NOTHING;
  return { marker, lastReadEventId: event?.eventId ?? null, counts };
}

/** Every open room of a person that has something unread, muted ones marked (RD3). */
export async function unreadRooms(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
  now: number,
): Promise<{ roomId: string; counts: Counts; isMuted: boolean }[]> {
  const rooms = await listUnread(reader, tenantNo, participantNo);
  const counted = [];
  for (const room of rooms) {
    const ref = { tenantNo, roomNo: room.roomNo, roomId: room.roomId } as RoomRef;
    const mentions = await countMentions(reader, ref, participantNo, room.readPosition);
    const isMuted = room.mutedUntil !== null && room.mutedUntil > now;
    counted.push({ roomId: room.roomId, counts: { unread: room.unread, mentions }, isMuted });
  }
  return counted;
}
