import { StairwellError } from "@stairwell/protocol";
import { seen, standing } from "@stairwell/protocol/room";
import type { Actor } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import { allowed, findFacts, type StoredRoom } from "../state/index.ts";

/**
 * The room in which the caller has a row of their own: of the joined alone, frozen rooms included (LC1).
 * `SW_ROOM_NOT_FOUND`; `SW_ROOM_FORBIDDEN` by `rule` for everybody else who may know of it.
 */
export async function accessOwn(
  reader: Reader,
  actor: Actor,
  now: number,
  roomId: string,
  rule: string,
): Promise<StoredRoom> {
  const { facts, stored } = await findFacts(reader, actor, now, roomId);
  allowed(seen(facts));
  if (stored !== undefined && standing(facts.room, facts.actor.member, now) === "joined") return stored;
  throw new StairwellError("SW_ROOM_FORBIDDEN", {
    rule,
    message: "Only a joined member has a read marker and settings of a room.",
  });
}
