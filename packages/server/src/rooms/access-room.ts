import { cannot, type Facts, isOpenToAll, seen } from "@stairwell/protocol/room";
import type { CanAction } from "@stairwell/protocol/api";
import type { Actor } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import { allowed, findFacts, findRoomByAlias, type Found, type StoredRoom, type TargetName } from "../state/index.ts";

/**
 * The room as far as the caller may look at it (AP3). `SW_ROOM_NOT_FOUND` when they may not know of it;
 * `SW_ROOM_FORBIDDEN` when they know and are gone or banned (VS3). A banned person still sees of an open public
 * room what everybody of the tenant sees.
 */
export async function accessRoom(
  reader: Reader,
  actor: Actor,
  now: number,
  roomId: string,
): Promise<Found & { stored: StoredRoom }> {
  const found = await findFacts(reader, actor, now, roomId);
  if (found.stored === undefined || !isOpenToAll(found.stored.room)) allowed(seen(found.facts));
  return found as Found & { stored: StoredRoom };
}

/** As `accessRoom`, by alias. An alias that names nothing and one that names a hidden room answer alike. */
export async function accessRoomByAlias(
  reader: Reader,
  actor: Actor,
  now: number,
  alias: string,
): Promise<Found & { stored: StoredRoom }> {
  const stored = await findRoomByAlias(reader, actor.tenant.tenantNo, alias);
  return accessRoom(reader, actor, now, stored?.roomId ?? "");
}

/** Whether an action would be allowed, to the named person where one is named; nothing is changed. */
export async function askCan(
  reader: Reader,
  actor: Actor,
  now: number,
  roomId: string,
  action: CanAction,
  target: TargetName | undefined,
): Promise<ReturnType<typeof cannot>> {
  const { facts } = await findFacts(reader, actor, now, roomId, {
    target,
    openInvites: true,
    ...(action === "restore" && { openRooms: true }),
    formerServers: action === "federate",
  });
  if (facts.room === undefined || !isOpenToAll(facts.room)) allowed(seen(facts));
  return cannot(facts as Facts, action);
}
