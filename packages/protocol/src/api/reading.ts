import { Type } from "../schema/index.ts";
import { route } from "./route.ts";
import { Id, NotificationMode, Nullable, RoomParams, strict, Timestamp } from "./shapes.ts";

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

const Settings = Type.Object({ notification_mode: NotificationMode, muted_until: Nullable(Timestamp) });

export const setNotificationMode = route({
  operationId: "setNotificationMode",
  method: "PUT",
  path: "/v1/rooms/{room_id}/notification-mode",
  tag,
  summary: "Set which messages of a room the caller is notified of",
  description:
    "`all`: any by another; `mentions`: those that mention them; `none`; `inherit`: as `default_mode` of their " +
    "preferences says. Frozen rooms too (LC1).",
  access: "write",
  params: RoomParams,
  body: Type.Object({ mode: NotificationMode }, strict),
  statuses: [200],
  data: Settings,
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN"],
});

export const setMute = route({
  operationId: "setMute",
  method: "PUT",
  path: "/v1/rooms/{room_id}/mute",
  tag,
  summary: "Mute a room for the caller, for a time or for good, or unmute it",
  description:
    "One of the two. `muted_until`: a time in the future, `forever` (9999-12-31T23:59:59.999Z), or null to unmute. At " +
    "its end the mute reads null and notifications flow. Counts stay as they are; muted rooms are a separate total (RD3).",
  access: "write",
  params: RoomParams,
  body: Type.Object(
    {
      muted_until: Type.Optional(
        Nullable(
          Type.String({
            minLength: 1,
            maxLength: 64,
            description: "RFC 3339, or `forever`; null unmutes.",
            examples: ["2026-01-02T03:04:05.678Z"],
          }),
        ),
      ),
      duration_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 31_536_000 })),
    },
    strict,
  ),
  statuses: [200],
  data: Settings,
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN"],
});

/** The events behind a number, oldest first. */
const Ledger = Type.Object({ event_ids: Type.Array(Type.String()), has_more: Type.Boolean() });

export const getUnread = route({
  operationId: "getUnread",
  method: "GET",
  path: "/v1/rooms/unread",
  tag,
  summary: "Unread counts, per room and in total",
  description:
    "Rooms with nothing unread are not listed. Muted rooms are a separate total (RD3). `explain=1` lists the events " +
    "behind each number, oldest first: 1,000 for each at the most, and 20,000 in one answer.",
  access: "read",
  query: Type.Object({ explain: Type.Optional(Type.Literal(1)) }, strict),
  statuses: [200],
  data: Type.Object({
    rooms: Type.Array(
      Type.Object({
        room_id: Type.String(),
        unread_count: Type.Integer({ minimum: 1 }),
        mention_count: Type.Integer({ minimum: 0 }),
        muted: Type.Boolean(),
        explain: Type.Optional(Type.Object({ unread: Ledger, mentions: Ledger })),
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
