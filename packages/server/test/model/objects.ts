/** What commands ask of those they name, and of the room left in rooms and tenants. */
import * as happens from "./changes.ts";
import { Refused } from "./guards.ts";
import { memberOf, membersThat, openRooms, type Room, type Who, type World } from "./world.ts";

/** What a command did, with what a repeat of it needs to know. */
export interface Done {
  readonly status: number;
  readonly room: Room;
  readonly invites?: unknown;
  /** Of the message sent. */
  readonly position?: number;
}

export const ok = (room: Room): Done => ({ status: 200, room });

/** Somebody of the caller's tenant; everybody else is unknown (MB3). */
export function known(world: World, command: { by: Who; target: Who }): Who {
  if (world.people.get(command.target)?.tenant !== world.people.get(command.by)!.tenant) {
    throw new Refused("SW_PARTICIPANT_NOT_FOUND");
  }
  return command.target;
}

/** As `known`; who is out is as good as unknown to all that would bring them in. */
export function available(world: World, command: { by: Who; target: Who }): Who {
  const who = known(world, command);
  if (world.out.has(who)) throw new Refused("SW_PARTICIPANT_NOT_FOUND");
  return who;
}

/** MB12: somebody who is not joined weighs nothing. */
export function outranks(room: Room, { by, target }: { by: Who; target: Who }): void {
  const [mine, other] = [room.members.get(by)!, room.members.get(target)];
  if (other?.membership === "join" && mine.power <= other.power) throw new Refused("SW_ROOM_FORBIDDEN", "MB12");
}

/** MB18: joined and invited; a DM is exempt. */
export function hasSeat(world: World, room: Room): void {
  const taken = [...room.members.values()].filter(({ membership }) => membership === "join" || membership === "invite");
  if (room.type !== "dm" && taken.length >= world.limits.participants) throw new Refused("SW_ROOM_CAPACITY", "MB18");
}

export function hasRoom(world: World, tenant: string): void {
  if (openRooms(world, tenant) >= world.limits.rooms) throw new Refused("SW_TENANT_CAPACITY");
}

export function enter(world: World, room: Room, who: Who): void {
  const membership = memberOf(world, room, who)?.membership;
  if (membership === "join") return;
  // An invitee has a seat already.
  if (membership !== "invite") hasSeat(world, room);
  happens.join(room, who, who);
}

/** MB1, MB2, MB5. Answers what became of the invited. */
export function invite(
  world: World,
  room: Room,
  { by, target, reason }: { by: Who; target: Who; reason?: string | undefined },
) {
  const before = memberOf(world, room, target)?.membership;
  if (before === "ban") throw new Refused("SW_ROOM_FORBIDDEN", "MB2");
  if (before === "join" || before === "invite") return;
  hasSeat(world, room);
  const mine = membersThat(world, room, "invite").filter((one) => room.members.get(one)!.invitedBy === by);
  if (mine.length >= world.limits.openInvites) throw new Refused("SW_ROOM_CAPACITY");
  happens.invite(room, target, by, reason);
  if (world.people.get(target)!.eager) happens.join(room, target, target);
}
