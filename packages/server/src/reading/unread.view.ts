import type { DataOf, reading } from "@stairwell/protocol/api";
import type { Ledger, Unread } from "./unread.ts";

/** The unread list on the wire. Its totals are sums of what it lists; muted rooms are apart (RD3). */
export function unreadView(rooms: readonly Unread[]): DataOf<typeof reading.getUnread> {
  const sum = (isMuted: boolean, of: "unread" | "mentions"): number =>
    rooms.reduce((total, room) => total + (room.isMuted === isMuted ? room[of] : 0), 0);
  return {
    rooms: rooms.map(({ at, unread, mentions, isMuted, ledger }) => ({
      room_id: at.roomId,
      unread_count: unread,
      mention_count: mentions,
      muted: isMuted,
      ...(ledger && { explain: { unread: ledgerView(ledger.unread), mentions: ledgerView(ledger.mentions) } }),
    })),
    totals: {
      unread_count: sum(false, "unread"),
      mention_count: sum(false, "mentions"),
      muted_unread_count: sum(true, "unread"),
      muted_mention_count: sum(true, "mentions"),
    },
  };
}

function ledgerView({ eventIds, hasMore }: Ledger) {
  return { event_ids: [...eventIds], has_more: hasMore };
}
