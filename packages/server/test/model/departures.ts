/** Deactivation: somebody is let in no more, and then taken out of their rooms, step by step (AU9). */
import * as happens from "./changes.ts";
import { mayAdminister, Refused } from "./guards.ts";
import { joinedIn, membersThat, type Room, type Who, type World } from "./world.ts";

export function deactivate(world: World, { by, target }: { by: Who; target: Who }) {
  const who = managed(world, by, target);
  if (!world.out.has(who)) {
    if (world.people.get(who)!.isAdmin) throw new Refused("SW_ROOM_LAST_ADMIN", "AU8");
    world.out.add(who);
    world.leaving.add(who);
  }
  return { participant_id: who, isOut: true };
}

export function reactivate(world: World, { by, target }: { by: Who; target: Who }) {
  const who = managed(world, by, target);
  if (world.leaving.has(who)) throw new Refused("SW_MEMBER_STATE", "AU9");
  world.out.delete(who);
  return { participant_id: who, isOut: false };
}

function managed(world: World, by: Who, target: Who): Who {
  mayAdminister(world, by);
  if (world.people.get(target)?.tenant === world.people.get(by)!.tenant) return target;
  throw new Refused("SW_PARTICIPANT_NOT_FOUND");
}

/** What the server does next for somebody who leaves: in any room the next step, and the end when there is none. */
export interface Step {
  readonly who: Who;
  /** Undefined: they have left all. */
  readonly room: string | undefined;
}

export function stepsDue(world: World): Step[] {
  return [...world.leaving].flatMap((who): Step[] => {
    const rooms = [...world.rooms.values()].filter((room) => isDue(world, room, who));
    return rooms.length === 0 ? [{ who, room: undefined }] : rooms.map(({ key }) => ({ who, room: key }));
  });
}

function isDue(world: World, room: Room, who: Who): boolean {
  const row = room.members.get(who);
  if (row === undefined) return false;
  const isIn = row.membership === "join" || row.membership === "invite";
  return isIn || invitees(world, room, who).length > 0 || (room.type === "dm" && room.state === "open");
}

/** Whom somebody invited and who has not answered, the earliest first. */
function invitees(world: World, room: Room, by: Who): Who[] {
  const all = membersThat(world, room, "invite").filter((who) => room.members.get(who)!.invitedBy === by);
  return all.sort((a, b) => room.members.get(a)!.madeAt - room.members.get(b)!.madeAt);
}

/** One transaction of it: their open invites are taken back, and then they go; a DM is archived with them (DM4). */
export function step(world: World, { who, room: key }: Step): void {
  const room = key === undefined ? undefined : world.rooms.get(key)!;
  if (room === undefined) {
    world.leaving.delete(who);
    return;
  }
  const invited = invitees(world, room, who);
  if (invited.length > 0) {
    for (const one of invited) happens.go(world, room, one, null, "revoked");
    return;
  }
  const { membership } = room.members.get(who)!;
  const isIn = membership === "join" || membership === "invite";
  if (isIn) happens.go(world, room, who, null, "deactivated");
  if (room.type !== "dm" || room.state !== "open") return;
  const going = isIn ? `${room.key}#${room.log.length}` : undefined;
  if (joinedIn(room).length > 0 || !isIn) happens.setState(room, "archived", null, undefined, going);
}

/** All of it. */
export function leaveAll(world: World): void {
  for (let [next] = stepsDue(world); next !== undefined; [next] = stepsDue(world)) step(world, next);
}
