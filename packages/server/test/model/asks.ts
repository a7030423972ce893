/** What calls answer that no `Idempotency-Key` repeats here: reading, own settings, files, administration. */
import { restore, wipe } from "./administers.ts";
import * as happens from "./changes.ts";
import type { Named } from "./commands.ts";
import { deactivate, reactivate } from "./departures.ts";
import { DOES } from "./does.ts";
import { can, entered, MAY, mayReturn, mustBeJoined, mustHave, Refused, refusalOf, seen } from "./guards.ts";
import { inboxView } from "./inbox.ts";
import { readable, upload } from "./media.ts";
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

  history(world: World, { by, room, from, forward, limit, thread }: Named<"history">) {
    const found = reading(world, room, by);
    const last = readsTo(world, found, by);
    if (thread !== undefined && (thread < 1 || thread > last)) throw new Refused("SW_EVENT_NOT_FOUND");
    // Edits, reactions and redactions are shown in what they are about.
    const positions = Array.from({ length: last }, (_, i) => i + 1).filter((position) => {
      const event = found.log[position - 1]!;
      return thread === undefined ? !AMENDING.has(event.type) : event.replyTo === thread;
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
    if (target === undefined && action !== "restore") return { allowed: may };
    const isRefused = refusalOf(() => {
      const elsewhere = structuredClone(world);
      if (target === undefined) return DOES.rejoin(elsewhere, { by, room, do: "rejoin" });
      const attempt = { by, room, target };
      if (action === "invite") DOES.invite(elsewhere, { ...attempt, do: "invite" });
      else if (action === "kick") DOES.kick(elsewhere, { ...attempt, do: "kick" });
      else DOES.ban(elsewhere, { ...attempt, do: "ban" });
      return undefined;
    });
    // One's own invite is revoked with any power (MB6), so what can be said of somebody is not what can be said of all.
    return { allowed: isRefused === undefined && (may || target !== undefined) };
  },

  directory: (world: World, { by, state }: Named<"directory">) => shows.directoryView(world, by, state),

  /** LC3 */
  archived: (world: World, { by }: Named<"archived">) =>
    [...world.rooms.values()]
      .filter((room) => room.state === "archived")
      .filter((room) => standing(world, room, by) === "joined" || mayReturn(world, room, by))
      .map((room) => shows.roomView(world, room, by)),

  unread: (world: World, { by }: Named<"unread">) => shows.unreadView(world, by),

  inbox: (world: World, { by }: Named<"inbox">) => inboxView(world, by),

  /** MB13, in the order in which they were made. */
  bans(world: World, { by, room }: Named<"bans">) {
    const found = entered(world, world.rooms.get(room), by);
    mustBeJoined(found, by, "MB4");
    mustHave(50, found, by, "MB13");
    return shows.bansView(world, found);
  },

  /** A DM has none. */
  alias(world: World, { by, room }: Named<"alias">) {
    const found = world.rooms.get(room);
    return shows.roomView(world, seen(world, found?.type === "dm" ? undefined : found, by), by);
  },

  export(world: World, { by, room }: Named<"export">) {
    const found = MAY.export(world, world.rooms.get(room), by);
    return { events: found.log.length };
  },

  medium: (world: World, { by, media }: Named<"medium">) => {
    readable(world, media, by);
    return { media_id: media };
  },

  upload: (world: World, command: Named<"upload">) => upload(world, command),

  deactivate: (world: World, command: Named<"deactivate">) => deactivate(world, command),
  reactivate: (world: World, command: Named<"reactivate">) => reactivate(world, command),
  restore,
  wipe,
};

const AMENDING: ReadonlySet<string> = new Set([EDIT, REACTION, REDACTION]);

/** A room whose history the caller may read: members, and former ones up to their going (MB10). */
function reading(world: World, key: string, who: Who): Room {
  const room = world.rooms.get(key);
  if (room !== undefined && standing(world, room, who) !== "hidden" && readsTo(world, room, who) > 0) return room;
  const found = entered(world, room, who);
  throw new Refused("SW_ROOM_FORBIDDEN", standing(world, found, who) === "invited" ? "MB4" : undefined);
}
