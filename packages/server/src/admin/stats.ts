import { type admin, type DataOf, ParticipantTypes, RoomStates, RoomTypes } from "@stairwell/protocol/api";
import type { Reader } from "../db/index.ts";
import { findNewestSeq, findTimeAfter } from "../events/index.ts";
import { wireTime } from "../lib/clock.ts";
import { storageOf } from "../media/index.ts";
import { countParticipants, countRooms } from "./stats.store.ts";

export type TenantStats = DataOf<typeof admin.getTenantStats>;

const DAY_MS = 24 * 3600 * 1000;

/** A tenant in numbers, by indexes alone: never a walk over its events. `now` is Unix milliseconds. */
export async function statsOf(reader: Reader, tenantNo: number, now: number, streams: number): Promise<TenantStats> {
  const people = await countParticipants(reader, tenantNo);
  const rooms = await countRooms(reader, tenantNo);
  const peopleOf = (type: string, isActive: 0 | 1) =>
    people.find((row) => row.participant_type === type && row.is_active === isActive)?.n ?? 0;
  const roomsOf = (type: string, state: string) =>
    rooms.find((row) => row.room_type === type && row.state === state)?.n ?? 0;
  return {
    at: wireTime(now),
    participants: by(ParticipantTypes, (type) => ({ active: peopleOf(type, 1), deactivated: peopleOf(type, 0) })),
    rooms: by(RoomTypes, (type) => by(RoomStates, (state) => roomsOf(type, state))),
    events: {
      last_24_hours: await countSince(reader, tenantNo, now - DAY_MS),
      last_7_days: await countSince(reader, tenantNo, now - 7 * DAY_MS),
    },
    storage: { media_bytes: await storageOf(reader, tenantNo) },
    streams,
  };
}

function by<T>(words: readonly string[], valueOf: (word: string) => T): Record<string, T> {
  return Object.fromEntries(words.map((word) => [word, valueOf(word)]));
}

/** Events since a time. Their sequence grows with their time, so the first of them is found by halving. */
async function countSince(reader: Reader, tenantNo: number, since: number): Promise<number> {
  const newest = await findNewestSeq(reader, tenantNo);
  let [low, high] = [0, newest];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const time = await findTimeAfter(reader, tenantNo, middle);
    if (time === undefined || time >= since) high = middle;
    else low = middle + 1;
  }
  return newest - low;
}
