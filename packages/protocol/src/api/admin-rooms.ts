import { Type } from "../schema/index.ts";
import { LIMITS } from "../limits.ts";
import { route } from "./route.ts";
import {
  Cursor,
  Id,
  Limit,
  Nullable,
  PageMeta,
  Reason,
  RoomParams,
  RoomStateName,
  RoomType,
  strict,
  Timestamp,
} from "./shapes.ts";

const tag = "admin";

/** A room as the tenant's admins see it, whether or not they are in it: metadata, never content. */
export const ManagedRoom = Type.Object({
  id: Type.String(),
  room_type: RoomType,
  scope_kind: Nullable(Type.Literal("incognito")),
  state: RoomStateName,
  members_count: Type.Integer({ minimum: 0 }),
  invites_count: Type.Integer({ minimum: 0 }),
  head: Type.Integer({ minimum: 1, description: "The last stream position." }),
  created_at: Timestamp,
  active_at: { ...Timestamp, description: "The minute of the last event." },
  archived_at: Nullable(Timestamp),
  closed_at: Nullable(Timestamp),
  room_alias: Type.Optional(Nullable(Type.String())),
  name: Type.Optional(Nullable(Type.String())),
  topic: Type.Optional(Nullable(Type.String())),
  is_public: Type.Optional(Type.Boolean()),
  workspace_id: Type.Optional(Nullable(Type.String())),
  creator_id: Type.Optional(Nullable(Type.String())),
  federated: Type.Optional(Type.Boolean()),
  hub: Type.Optional(Type.String()),
});

const HIDDEN = "Of DMs and incognito rooms only id, type, state, counts and times are shown.";

export const listManagedRooms = route({
  operationId: "listManagedRooms",
  method: "GET",
  path: "/v1/admin/rooms",
  tag,
  summary: "List all rooms of the tenant: metadata, never content",
  description: `Newest first. ${HIDDEN} \`q\` looks at names, topics and aliases, and never finds those.`,
  access: "admin",
  query: Type.Object(
    {
      q: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.queryLength })),
      type: Type.Optional(RoomType),
      state: Type.Optional(RoomStateName),
      limit: Type.Optional(Limit(200, 50)),
      cursor: Type.Optional(Cursor),
    },
    strict,
  ),
  statuses: [200],
  data: Type.Array(ManagedRoom),
  meta: PageMeta,
  errors: [],
});

export const getManagedRoom = route({
  operationId: "getManagedRoom",
  method: "GET",
  path: "/v1/admin/rooms/{room_id}",
  tag,
  summary: "One room of the tenant: metadata, never content",
  description: HIDDEN,
  access: "admin",
  params: RoomParams,
  statuses: [200],
  data: ManagedRoom,
  errors: ["SW_ROOM_NOT_FOUND"],
});

export const restoreRoom = route({
  operationId: "restoreRoom",
  method: "POST",
  path: "/v1/admin/rooms/{room_id}/restore",
  tag,
  summary: "Restore an archived room for a joined or former member",
  description:
    "A former member is joined again, with power 100 if nobody joined has it (LC5). On an open room it changes nothing.",
  access: "admin",
  params: RoomParams,
  body: Type.Object({ participant_id: Id }, strict),
  statuses: [200],
  data: ManagedRoom,
  errors: [
    "SW_ROOM_NOT_FOUND",
    "SW_ROOM_TYPE_INVARIANT",
    "SW_ROOM_FROZEN",
    "SW_ROOM_FORBIDDEN",
    "SW_ROOM_CAPACITY",
    "SW_PARTICIPANT_NOT_FOUND",
    "SW_MEMBER_STATE",
    "SW_TENANT_CAPACITY",
  ],
});

export const redactManagedEvent = route({
  operationId: "redactManagedEvent",
  method: "POST",
  path: "/v1/admin/rooms/{room_id}/events/{event_id}/redact",
  tag,
  summary: "Redact an event in any room of the tenant, whatever its state",
  description:
    "Takes the content of a message or custom event, with its edits and reactions, and of any other event the " +
    "`reason` (LC8). The server is the sender; the audit has who asked. Again changes nothing.",
  access: "admin",
  params: Type.Object({ room_id: Id, event_id: Id }, strict),
  body: Type.Object({ reason: Reason }, strict),
  statuses: [200],
  data: Type.Object({ room_id: Type.String(), event_id: Type.String(), redacted_at: Timestamp }),
  errors: ["SW_ROOM_NOT_FOUND", "SW_EVENT_NOT_FOUND"],
});
