import { StairwellError } from "@stairwell/protocol";
import { asOf, readableTo, seen, standing } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import { listListed, type Viewer } from "../amendments/index.ts";
import type { Reader } from "../db/index.ts";
import { findEvent, findEventAt, type StoredEvent } from "../events/index.ts";
import { fitting } from "../lib/fitting.ts";
import { allowed, findFacts, isForgotten, type StoredRoom } from "../state/index.ts";
import { listReplies } from "./replies.store.ts";

/** A room whose history the caller may read, up to and including a position. */
export interface Readable {
  readonly at: StoredRoom;
  readonly readableTo: number;
}

/**
 * The room with the end of what the caller may read of it: all while joined, up to their going afterwards (MB10).
 * `SW_ROOM_NOT_FOUND`; `SW_ROOM_FORBIDDEN` for those who never were in it.
 */
export async function accessHistory(reader: Reader, actor: Actor, now: number, roomId: string): Promise<Readable> {
  const { facts, stored } = await findFacts(reader, actor, now, roomId);
  const member = asOf(facts.actor.member, now);
  const to = readableTo(member);
  if (stored === undefined || to === 0) {
    allowed(seen(facts));
    const isInvited = standing(facts.room, member, now) === "invited";
    throw new StairwellError("SW_ROOM_FORBIDDEN", {
      rule: isInvited ? "MB4" : "MB10",
      message: isInvited ? "Join the room to read it." : "Only members read a room's history.",
    });
  }
  return { at: stored, readableTo: to };
}

/** Whose eyes a history is seen with. */
export function viewerOf({ participantNo }: Actor, { readableTo }: Readable): Viewer {
  return { participantNo, readableTo };
}

export interface Page {
  events: StoredEvent[];
  hasMore: boolean;
}

export interface PageQuery {
  from: number | undefined;
  direction: "back" | "forward";
  limit: number;
}

/** A page of history: `back` goes down from `from` (the head without it), `forward` up from it. Large contents make it shorter. */
export async function listHistory(reader: Reader, { at, readableTo }: Readable, page: PageQuery): Promise<Page> {
  const { direction, from = direction === "back" ? Infinity : 0, limit } = page;
  const events = await listListed(reader, at, { from, direction, limit: limit + 1, end: readableTo });
  return pageOf(events, limit);
}

function pageOf(found: readonly StoredEvent[], limit: number): Page {
  const events = fitting(found, limit, ({ content }) => content?.length ?? 0);
  return { events, hasMore: found.length > events.length };
}

/**
 * A page of the replies to one event, in the order and bounds of `listHistory`; none in a closed incognito room, of which
 * nothing is left that says what answered what. `SW_EVENT_NOT_FOUND` as `getEvent`.
 */
export async function listThread(
  reader: Reader,
  readable: Readable,
  rootId: string,
  { from, direction, limit }: PageQuery,
): Promise<Page> {
  const { at } = readable;
  const root = await getEvent(reader, readable, rootId);
  if (isForgotten(at)) return { events: [], hasMore: false };
  const end = Math.min(readable.readableTo, Number.MAX_SAFE_INTEGER - 1);
  const start = direction === "back" ? Math.min(from ?? end + 1, end + 1) : (from ?? 0);
  const found = await listReplies(reader, at, root.position, { from: start, direction, limit: limit + 1 });
  const positions = found.filter((position) => position <= end);
  const events = await Promise.all(positions.map((position) => findEventAt(reader, at, position)));
  return pageOf(
    events.map((event) => event!),
    limit,
  );
}

/** One event the caller may read. `SW_EVENT_NOT_FOUND` for all others, those after their going too. */
export async function getEvent(reader: Reader, { at, readableTo }: Readable, eventId: string): Promise<StoredEvent> {
  const event = await findEvent(reader, at, eventId);
  if (event === undefined || event.position > readableTo) throw new StairwellError("SW_EVENT_NOT_FOUND");
  return event;
}
