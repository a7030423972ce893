import type { Reader } from "../db/index.ts";
import {
  findHeads,
  findPositionsAfter,
  type Head,
  listRanges,
  type Located,
  type Range,
  type RoomRef,
  type StoredEvent,
} from "../events/index.ts";
import { listLeavings, listStandings, type Standing } from "../state/index.ts";

/** An event that is due to somebody, with its room. */
export type Due = Located;

/** Positions of one room that are due to one person: a stay from join to going, or a single event about them. */
interface Span {
  readonly at: RoomRef;
  readonly from: number;
  /** Infinite while the stay lasts. */
  readonly to: number;
}

/** So many events of a span are read at the least, where there are others. */
const LEAST = 8;
/** So many rooms are asked for in one statement. */
const ROOMS = 256;

/**
 * The events after a cursor that are due to a person (ST2), oldest first, at most `limit`: those of each room at whose
 * position they were joined, and every member event about them. It costs what is due and a look at each room they
 * are in, whatever else the tenant did; and a few statements, however many rooms and events that is.
 */
export async function dueAfter(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
  after: number,
  limit: number,
): Promise<Due[]> {
  let left = await spansDue(reader, tenantNo, participantNo, after);
  const refs = new Map(left.map(({ at }) => [at.roomNo, at]));
  const due: Due[] = [];
  while (due.length < limit && left.length > 0) {
    const most = Math.max(LEAST, Math.ceil((2 * (limit - due.length)) / left.length));
    const parts = left.map(({ at, from, to }) => ({ roomNo: at.roomNo, from, to: Math.min(to, from + most - 1) }));
    const events = await listRanges(reader, tenantNo, parts, refs);
    const partOf = partsByEvent(parts);
    const ends = newestBy(events, partOf);
    // Where a span goes on, what comes next in it may be older than what was read of others.
    const known = Math.min(
      ...left.map(({ to }, i) => (parts[i]!.to < to ? (ends.get(i)?.seq ?? -Infinity) : Infinity)),
    );
    const taken = events.filter(({ event }) => event.seq <= known).slice(0, limit - due.length);
    const done = newestBy(taken, partOf);
    due.push(...taken);
    left = left.flatMap((span, i) => {
      const upTo = ends.has(i) ? done.get(i)?.position : parts[i]!.to;
      return upTo === undefined ? [span] : upTo < span.to ? [{ ...span, from: upTo + 1 }] : [];
    });
  }
  return due;
}

/** How many events `dueAfter` would give: positions have no gaps, so none of them is read. */
export async function countDue(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
  after: number,
): Promise<number> {
  const spans = await spansDue(reader, tenantNo, participantNo, after);
  return spans.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

/** Which of several ranges an event is in. */
function partsByEvent(parts: readonly Range[]): (due: Due) => number {
  const ofRooms = new Map<number, number[]>();
  for (const [i, { roomNo }] of parts.entries()) {
    const known = ofRooms.get(roomNo);
    if (known === undefined) ofRooms.set(roomNo, [i]);
    else known.push(i);
  }
  return ({ at, event }) => ofRooms.get(at.roomNo)!.find((i) => event.position <= parts[i]!.to)!;
}

/** The newest event of each range among these, which are in order. */
function newestBy(events: readonly Due[], partOf: (due: Due) => number): ReadonlyMap<number, StoredEvent> {
  return new Map(events.map((due) => [partOf(due), due.event]));
}

/** The spans of `dueAfter`, cut to what lies after the cursor and is there. */
async function spansDue(reader: Reader, tenantNo: number, participantNo: number, after: number): Promise<Span[]> {
  const [leavings, standings] = await Promise.all([
    listLeavings(reader, tenantNo, participantNo),
    listStandings(reader, tenantNo, participantNo),
  ]);
  // Who is going hears no more of it (FD13); what became of their leave is due when it came.
  const spans = spansAfter(standings, after).filter(({ at, to }) => to !== Infinity || !leavings.has(at.roomNo));
  const heads = new Map<number, Head>();
  const rooms = [...new Set(spans.map(({ at }) => at.roomNo))];
  for (let i = 0; i < rooms.length; i += ROOMS) {
    const found = await findHeads(reader, tenantNo, rooms.slice(i, i + ROOMS));
    for (const [roomNo, head] of found) if (head.seq > after) heads.set(roomNo, head);
  }
  const there = spans.flatMap(({ at, from, to }) => {
    const head = heads.get(at.roomNo);
    return head === undefined ? [] : [{ at, from, to: Math.min(to, head.position) }];
  });
  const ranges = there.map(({ at, from, to }) => ({ roomNo: at.roomNo, from, to }));
  const first = await findPositionsAfter(reader, tenantNo, ranges, after);
  return there.map((span, i) => ({ ...span, from: first[i]! })).filter(({ from, to }) => from <= to);
}

/** Stays and single events that may have something after the cursor, from one person's changes in room order. */
function spansAfter(standings: readonly Standing[], after: number): Span[] {
  const spans: Span[] = [];
  for (const [i, { at, position, seq, membership }] of standings.entries()) {
    const next = standings[i + 1];
    const ending = next?.at.roomNo === at.roomNo ? next : undefined;
    if (membership === "join") {
      // The going itself is the last that one who leaves gets (MB14).
      if (ending === undefined || ending.seq > after)
        spans.push({ at, from: position, to: ending?.position ?? Infinity });
      continue;
    }
    const before = standings[i - 1];
    const endsStay = before?.at.roomNo === at.roomNo && before.membership === "join";
    if (!endsStay && seq > after) spans.push({ at, from: position, to: position });
  }
  return spans;
}
