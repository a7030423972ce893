import { LIMITS, StairwellError } from "@stairwell/protocol";
import { type Membership, POWER, seen, standing } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import {
  allowed,
  countMembers,
  findFacts,
  type Found,
  type ListedMember,
  listMembers,
  type StoredRoom,
} from "../state/index.ts";

export interface MembersInput {
  membership: Membership;
  /** Case-folded. */
  q: string | undefined;
  after: number | undefined;
  limit: number;
}

export interface MembersFound {
  at: StoredRoom;
  rows: ListedMember[];
  hasMore: boolean;
  /** Counted to one above the bound of exact totals (AP7). */
  counted: number;
}

/** The room of a joined member, who alone sees who is in it (MB4). `SW_ROOM_NOT_FOUND`, `SW_ROOM_FORBIDDEN`. */
export async function accessAsMember(
  reader: Reader,
  actor: Actor,
  now: number,
  roomId: string,
): Promise<Found & { stored: StoredRoom }> {
  const found = await findFacts(reader, actor, now, roomId);
  allowed(seen(found.facts));
  if (standing(found.facts.room, found.facts.actor.member, now) !== "joined") {
    throw new StairwellError("SW_ROOM_FORBIDDEN", { rule: "MB4", message: "Only joined members see who is here." });
  }
  return found as Found & { stored: StoredRoom };
}

/**
 * A page of members, in join order. Joined members only; those who left or are banned are for power 50 (MB13).
 * `SW_ROOM_NOT_FOUND`, `SW_ROOM_FORBIDDEN`.
 */
export async function accessMembers(
  reader: Reader,
  actor: Actor,
  now: number,
  roomId: string,
  input: MembersInput,
): Promise<MembersFound> {
  const { facts, stored: at } = await accessAsMember(reader, actor, now, roomId);
  const actual = facts.actor.member!.powerLevel;
  if ((input.membership === "leave" || input.membership === "ban") && actual < POWER.moderator) {
    throw new StairwellError("SW_ROOM_FORBIDDEN", { rule: "MB13", needed: POWER.moderator, actual });
  }
  const rows = await listMembers(reader, at, { ...input, now, limit: input.limit + 1 });
  // The room keeps the count of its joined members, and a first page that holds all is a count by itself.
  const isPlain = input.membership === "join" && input.q === undefined;
  const isAll = input.after === undefined && rows.length <= input.limit;
  const counted = isPlain
    ? at.room.joinedCount
    : isAll
      ? rows.length
      : await countMembers(reader, at, { ...input, now }, LIMITS.exactTotal);
  return { at, rows: rows.slice(0, input.limit), hasMore: rows.length > input.limit, counted };
}
