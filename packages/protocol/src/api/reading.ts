import { Type } from "../schema/index.ts";
import { route } from "./route.ts";
import { Id, Nullable, RoomParams, strict } from "./shapes.ts";

const tag = "reading";

export const markRead = route({
  operationId: "markRead",
  method: "PUT",
  path: "/v1/rooms/{room_id}/read",
  tag,
  summary: "Move the caller's read marker",
  description: "Only forward; an older event leaves it where it is (RD1).",
  access: "write",
  params: RoomParams,
  body: Type.Object({ event_id: Id }, strict),
  statuses: [200],
  data: Type.Object({
    last_read_event_id: Nullable(Type.String()),
    last_read_position: Type.Integer({ minimum: 0 }),
    unread_count: Type.Integer({ minimum: 0 }),
    mention_count: Type.Integer({ minimum: 0 }),
  }),
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN", "SW_EVENT_NOT_FOUND"],
});

export const getUnread = route({
  operationId: "getUnread",
  method: "GET",
  path: "/v1/rooms/unread",
  tag,
  summary: "Unread counts, per room and in total",
  description: "Rooms with nothing unread are not listed. Muted rooms are a separate total (RD3).",
  access: "read",
  query: Type.Object({}, strict),
  statuses: [200],
  data: Type.Object({
    rooms: Type.Array(
      Type.Object({
        room_id: Type.String(),
        unread_count: Type.Integer({ minimum: 1 }),
        mention_count: Type.Integer({ minimum: 0 }),
        muted: Type.Boolean(),
      }),
    ),
    totals: Type.Object({
      unread_count: Type.Integer({ minimum: 0 }),
      mention_count: Type.Integer({ minimum: 0 }),
      muted_unread_count: Type.Integer({ minimum: 0 }),
      muted_mention_count: Type.Integer({ minimum: 0 }),
    }),
  }),
  errors: [],
});
