/** What admins of the tenant do to its rooms, without being in them. */
import * as happens from "./changes.ts";
import type { Named } from "./commands.ts";
import { mayAdminister, Refused } from "./guards.ts";
import { withItsMedia } from "./media.ts";
import { available, hasRoom, hasSeat } from "./objects.ts";
import * as said from "./said.ts";
import { CUSTOM, isRedacted, joinedIn, memberOf, MESSAGE, type Room, type Who, type World } from "./world.ts";

function managed(world: World, key: string, by: Who): Room {
  mayAdminister(world, by);
  const room = world.rooms.get(key);
  if (room === undefined || room.tenant !== world.people.get(by)!.tenant) throw new Refused("SW_ROOM_NOT_FOUND");
  return room;
}

/** LC5: for a joined member, or a former one, who is joined again. */
export function restore(world: World, { by, room: key, target }: Named<"restore">) {
  const room = managed(world, key, by);
  if (room.type === "dm") throw new Refused("SW_ROOM_TYPE_INVARIANT", "DM3");
  if (room.state === "closed") throw new Refused("SW_ROOM_FROZEN", "LC1");
  if (room.state === "archived") reopen(world, room, by, target);
  return { id: room.key, state: room.state, members_count: joinedIn(room).length, head: room.log.length };
}

function reopen(world: World, room: Room, by: Who, target: Who): void {
  available(world, { by, target });
  const row = memberOf(world, room, target);
  if (row?.membership === "ban") throw new Refused("SW_ROOM_FORBIDDEN", "MB2");
  if ((row?.joinedAt ?? 0) === 0) throw new Refused("SW_MEMBER_STATE", "LC5");
  hasRoom(world, room.tenant);
  if (row!.membership !== "join") hasSeat(world, room);
  const open = happens.setState(room, "open", null);
  if (row!.membership === "join") return;
  const hasAdmin = joinedIn(room).some((who) => room.members.get(who)!.power === 100);
  const back = happens.join(room, target, null, open);
  if (!hasAdmin) happens.setPower(room, target, 100, null, back);
}

/** LC8: what members said, in every state; of any other event the reason. */
export function wipe(world: World, { by, room: key, at, reason }: Named<"wipe">) {
  const room = managed(world, key, by);
  const event = room.log[at - 1];
  if (event === undefined) throw new Refused("SW_EVENT_NOT_FOUND");
  const answer = { room_id: key, event_id: `${key}#${at}` };
  if (isRedacted(room, at)) return answer;
  const isSaid = event.type === MESSAGE || event.type === CUSTOM;
  if (event.content === null || (!isSaid && event.content.reason === undefined)) {
    throw new Refused("SW_REQUEST_INVALID", "LC8");
  }
  const { reason: _, ...rest } = event.content;
  withItsMedia(world, room, at, () => said.redact(room, null, at, reason));
  if (!isSaid) event.content = rest;
  return answer;
}
