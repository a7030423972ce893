/** What reading calls answer. */
import * as happens from "./changes.ts";
import type { Named } from "./commands.ts";
import { DOES } from "./does.ts";
import { can, entered, MAY, mayReturn, mustBeJoined, mustHave, Refused, refusalOf, seen } from "./guards.ts";
import * as shows from "./views.ts";
import { EDIT, REACTION, readsTo, REDACTION, type Room, standing, unreadOf, type Who, type World } from "./world.ts";

export const ASKS = {
  look: (world: World, { by, room }: Named<"look">) =>
    shows.roomView(world, seen(world, world.rooms.get(room), by), by),

  /** MB4, MB13: of joined members' business; who left and who is banned is the moderators'. */
  members(world: World, { by, room, membership }: Named<"members">) {
    const found = entered(world, world.rooms.get(room), by);
    mustBeJoined(found, by);
    if (membership === "leave" || membership === "ban") mustHave(50, found, by, "MB13");
    return shows.membersView(world, found, membership);
  },

  history(world: World, { by, room, from, forward, limit }: Named<"history">) {
    const found = reading(world, room, by);
    const last = readsTo(world, found, by);
    // Edits, reactions and redactions are shown in what they are about.
    const positions = Array.from({ length: last }, (_, i) => i + 1).filter((position) => {
      return !AMENDING.has(found.log[position - 1]!.type);
    });
    const wanted = forward
      ? positions.filter((position) => position > (from ?? 0))
      : positions.reverse().filter((position) => from === undefined || position < from);
    return wanted.slice(0, limit).map((position) => shows.messageView(world, found, by, position));
  },

  event(world: World, { by, room, at }: Named<"event">) {
    const found = reading(world, room, by);
    if (at < 1 || at > readsTo(world, found, by)) throw new Refused("SW_EVENT_NOT_FOUND");
    return shows.messageView(world, found, by, at);
  },

  /** RD1: forward only, and in frozen rooms too (LC1). */
  read(world: World, { by, room, at }: Named<"read">) {
    const found = entered(world, world.rooms.get(room), by);
    mustBeJoined(found, by);
    if (found.log[at - 1] === undefined) throw new Refused("SW_EVENT_NOT_FOUND");
    happens.read(found, by, at);
    const { marker } = found.members.get(by)!;
    const { unread, mentions } = unreadOf(found, by);
    return {
      last_read_event_id: `${found.key}#${marker}`,
      last_read_position: marker,
      unread_count: unread,
      mention_count: mentions,
    };
  },

  mode(world: World, { by, room, mode }: Named<"mode">) {
    const member = MAY.set(world, world.rooms.get(room), by).members.get(by)!;
    member.mode = mode;
    return shows.settingsView(world, member);
  },

  mute(world: World, { by, room, lasts }: Named<"mute">) {
    const member = MAY.set(world, world.rooms.get(room), by).members.get(by)!;
    member.mutedUntil = lasts === undefined ? null : world.now + lasts * 1000;
    return shows.settingsView(world, member);
  },

  /** Without a target what can be said without one; with one, what the call would answer. */
  can(world: World, { by, room, action, target }: Named<"can">) {
    const found = seen(world, world.rooms.get(room), by);
    const may = can(world, found, by)[action]!;
    if (target === undefined) return { allowed: may };
    const attempt = { by, room, target };
    const isRefused = refusalOf(() => {
      const elsewhere = structuredClone(world);
      if (action === "invite") DOES.invite(elsewhere, { ...attempt, do: "invite" });
      else if (action === "kick") DOES.kick(elsewhere, { ...attempt, do: "kick" });
      else DOES.ban(elsewhere, { ...attempt, do: "ban" });
    });
    return { allowed: isRefused === undefined };
  },

  directory: (world: World, { by, state }: Named<"directory">) => shows.directoryView(world, by, state),

  /** LC3 */
  archived: (world: World, { by }: Named<"archived">) =>
    [...world.rooms.values()]
      .filter((room) => room.state === "archived")
      .filter((room) => standing(world, room, by) === "joined" || mayReturn(world, room, by))
      .map((room) => shows.roomView(world, room, by)),

  unread: (world: World, { by }: Named<"unread">) => shows.unreadView(world, by),
};

const AMENDING: ReadonlySet<string> = new Set([EDIT, REACTION, REDACTION]);

/** A room whose history the caller may read: members, and former ones up to their going (MB10). */
function reading(world: World, key: string, who: Who): Room {
  const room = world.rooms.get(key);
  if (room !== undefined && standing(world, room, who) !== "hidden" && readsTo(world, room, who) > 0) return room;
  const found = entered(world, room, who);
  throw new Refused("SW_ROOM_FORBIDDEN", standing(world, found, who) === "invited" ? "MB4" : undefined);
}
