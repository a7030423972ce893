import type { Reader } from "../db/index.ts";
import { findHead, listAt, type RoomRef, type StoredEvent } from "../events/index.ts";
import { runsBelow, runsFrom, type Run } from "./unlisted.store.ts";

export interface ListedQuery {
  /** Excluded: `back` goes down from it, `forward` up. */
  readonly from: number;
  readonly direction: "back" | "forward";
  readonly limit: number;
  /** The last position to list. */
  readonly end: number;
}

/**
 * The events of a stretch of a log but for edits, reactions and redactions. Positions have no gaps, and between two
 * runs of those there is at least one other event: so as many runs as rows are wanted tell where the rows are, and
 * nothing between is read, be it thousands of reactions.
 */
export async function listListed(reader: Reader, ref: RoomRef, query: ListedQuery): Promise<StoredEvent[]> {
  const { from, direction, limit } = query;
  const end = Math.min(query.end, (await findHead(reader, ref))?.position ?? 0);
  if (direction === "back") {
    const start = Math.min(from - 1, end);
    const runs = await runsBelow(reader, ref, start + 1, limit + 1);
    return listAt(reader, ref, placesDown(start, runs, limit), "back");
  }
  const runs = await runsFrom(reader, ref, from + 1, limit + 2);
  return listAt(reader, ref, placesUp(from + 1, end, runs, limit), "forward");
}

/** At most `limit` positions from `start` down that lie in no run. */
function placesDown(start: number, runs: readonly Run[], limit: number): number[] {
  const places: number[] = [];
  let at = start;
  for (const { first, last } of runs) {
    for (; at > last && places.length < limit; at--) places.push(at);
    at = Math.min(at, first - 1);
  }
  // With fewer runs than were asked for, nothing below is left out.
  for (; at > 0 && places.length < limit; at--) places.push(at);
  return places;
}

/** At most `limit` positions from `start` up to `end` that lie in no run. */
function placesUp(start: number, end: number, runs: readonly Run[], limit: number): number[] {
  const places: number[] = [];
  let at = start;
  for (const { first, last } of runs) {
    for (; at < first && at <= end && places.length < limit; at++) places.push(at);
    at = Math.max(at, last + 1);
  }
  for (; at <= end && places.length < limit; at++) places.push(at);
  return places;
}
