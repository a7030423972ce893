/** What is addressed to somebody: mentions where they are joined, and open invites. In no order. */
import { messageView, settingsView } from "./views.ts";
import { isRedacted, memberOf, MESSAGE, reasonOf, type Room, type Who, type World } from "./world.ts";

export function inboxView(world: World, who: Who): unknown[] {
  return [...world.rooms.values()].flatMap((room): unknown[] => {
    const row = memberOf(world, room, who);
    if (row?.membership === "invite" && room.state === "open") {
      return [{ kind: "invite", room: room.key, invited_by: row.invitedBy, reason: reasonOf(room, row) }];
    }
    if (row?.membership !== "join" || (room.incognito && room.state === "closed")) return [];
    return mentionsOf(room, who).map((position) => ({
      kind: "mention",
      room: room.key,
      message: messageView(world, room, who, position),
      unread: room.state === "open" && position > row.marker,
      muted: settingsView(world, row).muted_until !== null,
    }));
  });
}

/** Positions of the messages that mention somebody: by name whenever that was, by `@room` since they came. */
function mentionsOf(room: Room, who: Who): number[] {
  const { joinedAt } = room.members.get(who)!;
  return room.log.flatMap(({ type, sender, mentioned }, i) => {
    const isOfAll = mentioned.includes("@room") && sender !== who && i + 1 > joinedAt;
    const isTheirs = type === MESSAGE && (mentioned.includes(who) || isOfAll);
    return isTheirs && !isRedacted(room, i + 1) ? [i + 1] : [];
  });
}
