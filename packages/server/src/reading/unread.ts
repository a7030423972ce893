import { isMuted } from "@stairwell/protocol/room";
import type { Reader } from "../db/index.ts";
import { findHead, type Head, type RoomRef } from "../events/index.ts";
import { findMarkers, type Marker } from "./reading.store.ts";
import {
  countMentions,
  countWiped,
  listMentionIds,
  listUnread,
  listUnreadIds,
  type UnreadRoom,
} from "./unread.store.ts";

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
 * knows how many messages precede it, and the redacted ones are in an index of their own. Sending moves one's own
 * marker, so none of those after it are one's own.
 */
export async function countUnread(
  reader: Reader,
  ref: RoomRef,
  participantNo: number,
  { readPosition, readOrdinal }: Marker,
  head?: Pick<Head, "ordinal">,
): Promise<Counts> {
  const messages = ((head ?? (await findHead(reader, ref)))?.ordinal ?? 0) - readOrdinal;
  if (messages <= 0) return NOTHING;
  return {
    unread: messages - (await countWiped(reader, ref, readPosition)),
    mentions: await countMentions(reader, ref, participantNo, readPosition),
  };
}

/** The marker and counts of somebody; `mayCount`: they are joined, and there is something to read. Else counts are zero. */
export async function readingOf(
  reader: Reader,
  ref: RoomRef,
  participantNo: number,
  mayCount: boolean,
): Promise<OwnReading> {
  const who = { tenantNo: ref.tenantNo, participantNo };
  const asked = { at: ref, mayCount, head: undefined };
  return (await readingsOf(reader, who, [asked])).get(ref.roomNo)!;
}

/** A room whose reading is asked for, with its head where that is at hand. */
interface AskedReading {
  readonly at: RoomRef;
  readonly mayCount: boolean;
  readonly head: Pick<Head, "ordinal"> | undefined;
}

/** `readingOf` of several rooms, by room number: one statement, and two for each room that has something unread. */
export async function readingsOf(
  reader: Reader,
  who: { tenantNo: number; participantNo: number },
  rooms: readonly AskedReading[],
): Promise<ReadonlyMap<number, OwnReading>> {
  const markers = await findMarkers(
    reader,
    who,
    rooms.map(({ at }) => at.roomNo),
  );
  const readings = new Map<number, OwnReading>();
  for (const { at, mayCount, head } of rooms) {
    const own = markers.get(at.roomNo);
    if (own === undefined) {
      readings.set(at.roomNo, { marker: undefined, lastReadEventId: null, counts: NOTHING });
      continue;
    }
    const counts = mayCount ? await countUnread(reader, at, who.participantNo, own.marker, head) : NOTHING;
    readings.set(at.roomNo, { ...own, counts });
  }
  return readings;
}

/** The events behind a number, oldest first. */
export interface Ledger {
  readonly eventIds: readonly string[];
  readonly hasMore: boolean;
}

export interface Unread extends UnreadRoom {
  readonly isMuted: boolean;
  /** Where it was asked for. */
  readonly ledger?: { readonly unread: Ledger; readonly mentions: Ledger };
}

/** Events that the ledgers name of one room for each number, and of all rooms together. */
const LEDGER = { room: 1000, all: 20_000 } as const;

/** Every open room of a person that has something unread, muted ones marked (RD3); with the events behind each number. */
export async function unreadRooms(
  reader: Reader,
  { tenantNo, participantNo }: { tenantNo: number; participantNo: number },
  now: number,
  isExplained: boolean,
): Promise<Unread[]> {
  const rooms = (await listUnread(reader, tenantNo, participantNo)).map((room) => ({
    ...room,
    isMuted: isMuted(room.mutedUntil, now),
  }));
  if (!isExplained) return rooms;
  let left = LEDGER.all;
  const ledgerOf = async (list: (limit: number) => Promise<string[]>): Promise<Ledger> => {
    const most = Math.min(LEDGER.room, left);
    const found = await list(most + 1);
    const eventIds = found.slice(0, most);
    left -= eventIds.length;
    return { eventIds, hasMore: found.length > most };
  };
  const explained: Unread[] = [];
  for (const room of rooms) {
    const { at, readPosition } = room;
    const unread = await ledgerOf((limit) => listUnreadIds(reader, at, readPosition, limit));
    const mentions = await ledgerOf((limit) => listMentionIds(reader, at, participantNo, readPosition, limit));
    explained.push({ ...room, ledger: { unread, mentions } });
  }
  return explained;
}
