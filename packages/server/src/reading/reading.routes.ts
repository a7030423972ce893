import { reading as routes } from "@stairwell/protocol/api";
import { type Endpoint, reply } from "../http/endpoint.ts";
import type { Clock } from "../lib/clock.ts";
import { markRead, type MarkReadParts, readView } from "./mark-read.ts";
import { unreadRooms } from "./unread.ts";

export function readingRoutes(parts: MarkReadParts & { clock: Pick<Clock, "now"> }): Endpoint[] {
  const { db, clock } = parts;
  return [
    reply(routes.markRead, async ({ actor, params, body }) => {
      return { data: readView(await markRead(parts, actor, params.room_id, body.event_id)) };
    }),
    reply(routes.getUnread, async ({ actor }) => {
      const rooms = await db.snapshot((reader) =>
        unreadRooms(reader, actor.tenant.tenantNo, actor.participantNo, clock.now()),
      );
      const sum = (muted: boolean, of: "unread" | "mentions") =>
        rooms.reduce((total, room) => total + (room.isMuted === muted ? room.counts[of] : 0), 0);
      return {
        data: {
          rooms: rooms.map(({ roomId, counts, isMuted }) => ({
            room_id: roomId,
            unread_count: counts.unread,
            mention_count: counts.mentions,
            muted: isMuted,
          })),
          totals: {
            unread_count: sum(false, "unread"),
            mention_count: sum(false, "mentions"),
            muted_unread_count: sum(true, "unread"),
            muted_mention_count: sum(true, "mentions"),
          },
        },
      };
    }),
  ];
}
