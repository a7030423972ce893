/** What somebody is shown, in the names of these tests: the parts of an answer that the specification fixes. */
import { can } from "./guards.ts";
import { reactionsTo, saidBy } from "./said.ts";
import {
  isRedacted,
  joinedIn,
  type Member,
  memberOf,
  membersThat,
  readsTo,
  reasonOf,
  type Room,
  standing,
  unreadOf,
  type Who,
  type World,
} from "./world.ts";

/** A room. One who is only invited sees of it what MB4 names, unless everybody may look at it. */
export function roomView(world: World, room: Room, who: Who) {
  const me = memberOf(world, room, who);
  const counts = unreadOf(room, who);
  const isInvited = me?.membership === "invite";
  const shown = {
    id: room.key,
    room_alias: room.type === "dm" ? null : aliasOf(room.key),
    room_type: room.type,
    scope_kind: room.incognito ? "incognito" : null,
    name: room.name,
    topic: room.topic,
    is_public: room.isPublic,
    state: room.state,
    members_count: joinedIn(room).length,
    invited_by: isInvited ? me.invitedBy : undefined,
    me: me && {
      membership: me.membership,
      power_level: me.power,
      unread_count: counts.unread,
      mention_count: counts.mentions,
      can: can(world, room, who),
      ...(me.membership === "join" && settingsView(world, me)),
    },
  };
  if (isInvited && !(room.isPublic && room.state === "open")) return shown;
  const direct = room.type === "dm" ? [...room.members.keys()].find((one) => one !== who) : undefined;
  return { ...shown, workspace_id: room.workspace, creator_id: room.creator, head: room.log.length, dm_with: direct };
}

/** The name under which the alias of a room is known here. */
export const aliasOf = (key: string): string => `alias of ${key}`;

export function memberView(world: World, room: Room, who: Who) {
  const row = memberOf(world, room, who);
  return {
    participant_id: who,
    // Never in reads as out.
    membership: row?.membership ?? "leave",
    power_level: row?.power ?? 0,
    cause: row?.cause ?? null,
    reason: row === undefined ? null : reasonOf(room, row),
    ban_expires_at: row?.until ?? null,
  };
}

/** The members list is in the order of their joining; others have no order that the specification names. */
export function membersView(world: World, room: Room, membership: "join" | "invite" | "leave" | "ban") {
  const rows = membersThat(world, room, membership);
  const order = (who: Who): number => room.members.get(who)!.joinedAt;
  const sorted = membership === "join" ? rows.sort((a, b) => order(a) - order(b)) : rows.sort();
  return sorted.map((one) => memberView(world, room, one));
}

export function bansView(world: World, room: Room) {
  const rows = membersThat(world, room, "ban").map((who) => ({ who, row: room.members.get(who)! }));
  return rows
    .sort((a, b) => a.row.madeAt - b.row.madeAt)
    .map(({ who, row }) => {
      const by = room.log[row.madeAt - 1]!.sender;
      return { participant_id: who, reason: reasonOf(room, row), expires_at: row.until, banned_by: by };
    });
}

/** An event as its stream carried it. */
export function frameView(room: Room, position: number) {
  const { type, sender, actedBy, content } = room.log[position - 1]!;
  const name = `${room.key}#${position}`;
  const by = { sender_id: sender, acted_by_id: actedBy };
  return { id: name, room_id: room.key, ...by, event_type: type, content, stream_position: position };
}

/** An event with what became of it, as far as the viewer reads (MB10); a redaction always counts. */
export function messageView(world: World, room: Room, who: Who, position: number) {
  const upTo = readsTo(world, room, who);
  const { now, edited } = saidBy(room, position, upTo);
  const { content } = room.log[position - 1]!;
  return {
    ...frameView(room, position),
    content: now,
    original_content: edited ? content : undefined,
    edited,
    redacted: isRedacted(room, position),
    reactions: reactionsView(room, who, position, upTo),
    reply_count: room.log.slice(0, upTo).filter(({ replyTo }) => replyTo === position).length,
  };
}

export function reactionsView(room: Room, who: Who, position: number, upTo: number) {
  return reactionsTo(room, position, upTo).map(({ emoji, by }) => ({ emoji, count: by.length, me: by.includes(who) }));
}

export function settingsView(world: World, { mode, mutedUntil }: Member) {
  return { notification_mode: mode, muted_until: mutedUntil !== null && mutedUntil > world.now ? mutedUntil : null };
}

/** VS2: open rooms one is in or invited to, and open public ones; closed rooms one is in. Sorted by name. */
export function directoryView(world: World, who: Who, state: Room["state"]) {
  return [...world.rooms.values()]
    .filter((room) => room.state === state)
    .filter((room) => {
      const stands = standing(world, room, who);
      if (state === "closed") return stands === "joined";
      return stands === "joined" || stands === "invited" || (stands !== "hidden" && room.isPublic);
    })
    .map((room) => roomView(world, room, who));
}

/** RD2, LC2, RD3: open rooms with something unread, and their sums; muted ones apart. */
export function unreadView(world: World, who: Who) {
  const rooms = [...world.rooms.values()]
    .filter((room) => room.state === "open")
    .map((room) => ({ room, ...unreadOf(room, who) }))
    .filter(({ unread }) => unread > 0)
    .map(({ room, unread, mentions }) => {
      const muted = settingsView(world, room.members.get(who)!).muted_until !== null;
      return { room_id: room.key, unread_count: unread, mention_count: mentions, muted };
    });
  const sum = (of: "unread_count" | "mention_count", muted: boolean): number =>
    rooms.reduce((total, room) => total + (room.muted === muted ? room[of] : 0), 0);
  return {
    rooms,
    totals: {
      unread_count: sum("unread_count", false),
      mention_count: sum("mention_count", false),
      muted_unread_count: sum("unread_count", true),
      muted_mention_count: sum("mention_count", true),
    },
  };
}
