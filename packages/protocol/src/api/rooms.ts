import { Type } from "../schema/index.ts";
import { LIMITS } from "../limits.ts";
import { route } from "./route.ts";
import {
  CanActions,
  Cursor,
  FqidElsewhere,
  Id,
  Limit,
  Member,
  Nullable,
  OneOf,
  PageMeta,
  Reason,
  Room,
  RoomParams,
  RoomType,
  strict,
} from "./shapes.ts";

const tag = "rooms";
const Name = Type.String({
  minLength: 1,
  maxLength: 4 * LIMITS.nameLength,
  description: "1..128 characters, trimmed.",
});
const Topic = Nullable(Type.String({ maxLength: 4 * LIMITS.topicLength, description: "Up to 1,024 characters." }));

export const createRoom = route({
  operationId: "createRoom",
  method: "POST",
  path: "/v1/rooms",
  tag,
  summary: "Create a room",
  description:
    "The caller becomes its creator with power 100. Refused initial invites are listed in `meta.invites` and do not fail the call.",
  access: "write",
  charged: true,
  body: Type.Object(
    {
      room_type: RoomType,
      name: Type.Optional(Name),
      topic: Type.Optional(Topic),
      is_public: Type.Optional(Type.Boolean()),
      workspace_id: Type.Optional(Id),
      scope_kind: Type.Optional(Nullable(Type.Literal("incognito"))),
      close_on_leave: Type.Optional(Type.Boolean({ description: "Incognito rooms only; true unless given." })),
      invite: Type.Optional(Type.Array(Id, { maxItems: LIMITS.initialInvites })),
    },
    strict,
  ),
  statuses: [201],
  data: Room,
  meta: Type.Object({
    invites: Type.Array(
      Type.Object({
        participant_id: Type.String(),
        membership: Type.Optional(Type.String()),
        error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
      }),
    ),
  }),
  errors: ["SW_ROOM_TYPE_INVARIANT", "SW_WORKSPACE_NOT_FOUND", "SW_WORKSPACE_FORBIDDEN", "SW_TENANT_CAPACITY"],
});

export const openDm = route({
  operationId: "openDm",
  method: "POST",
  path: "/v1/rooms/dm",
  tag,
  summary: "Open the direct room with somebody",
  description: "One DM a pair: 201 when it is new, 200 when it was there or is restored (DM1 to DM5).",
  access: "write",
  charged: true,
  body: Type.Object({ participant_id: Id }, strict),
  statuses: [201, 200],
  data: Room,
  errors: ["SW_ROOM_TYPE_INVARIANT", "SW_PARTICIPANT_NOT_FOUND"],
});

export const openFederatedDm = route({
  operationId: "openFederatedDm",
  method: "POST",
  path: "/v1/me/federated-dms",
  tag,
  summary: "Open the direct room with somebody of another server",
  description:
    "One DM a pair, on the server whose name sorts first: 201 when it is new, 200 when it was there (FD24). The caller is in " +
    "it; the other sees it among their invites and joins it, or opens it just so. With people of this server: `POST /v1/rooms/dm`.",
  access: "write",
  charged: true,
  body: Type.Object({ fqid: FqidElsewhere }, strict),
  statuses: [201, 200],
  data: Room,
  errors: [
    "SW_ROOM_TYPE_INVARIANT",
    "SW_PARTICIPANT_NOT_FOUND",
    "SW_FED_POLICY",
    "SW_FED_PEER_UNKNOWN",
    "SW_FED_PEER_UNREACHABLE",
    "SW_FED_OUTCOME_UNKNOWN",
    "SW_ROOM_FROZEN",
  ],
});

export const getRoom = route({
  operationId: "getRoom",
  method: "GET",
  path: "/v1/rooms/{room_id}",
  tag,
  summary: "Get a room",
  access: "read",
  params: RoomParams,
  statuses: [200],
  data: Room,
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN"],
});

export const listArchivedRooms = route({
  operationId: "listArchivedRooms",
  method: "GET",
  path: "/v1/rooms/archived",
  tag,
  summary: "List archived rooms the caller is in or may restore",
  access: "read",
  query: Type.Object({ limit: Type.Optional(Limit(200, 50)), cursor: Type.Optional(Cursor) }, strict),
  statuses: [200],
  data: Type.Array(Room),
  meta: PageMeta,
  errors: [],
});

export const getRoomState = route({
  operationId: "getRoomState",
  method: "GET",
  path: "/v1/rooms/{room_id}/state",
  tag,
  summary: "Everything needed to open a room, in one call",
  description: "The room, the first page of its members, and the caller's marker and counts.",
  access: "read",
  params: RoomParams,
  statuses: [200],
  data: Type.Object({
    room: Room,
    members: Type.Array(Member),
    members_meta: PageMeta,
    unread: Type.Object({
      last_read_event_id: Nullable(Type.String()),
      last_read_position: Type.Integer({ minimum: 0 }),
      unread_count: Type.Integer({ minimum: 0 }),
      mention_count: Type.Integer({ minimum: 0 }),
    }),
  }),
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN"],
});

export const canInRoom = route({
  operationId: "canInRoom",
  method: "GET",
  path: "/v1/rooms/{room_id}/can",
  tag,
  summary: "Ask whether an action would be allowed",
  description: "The answer is the deciding function's own; nothing is changed.",
  access: "read",
  params: RoomParams,
  query: Type.Object({ action: OneOf(CanActions), target: Type.Optional(Id) }, strict),
  statuses: [200],
  data: Type.Object({
    allowed: Type.Boolean(),
    code: Type.Optional(Type.String()),
    rule: Nullable(Type.String()),
    needed: Nullable(Type.Integer()),
    actual: Nullable(Type.Integer()),
  }),
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN"],
});

export const renameRoom = route({
  operationId: "renameRoom",
  method: "PUT",
  path: "/v1/rooms/{room_id}/name",
  tag,
  summary: "Rename a room",
  access: "write",
  charged: true,
  params: RoomParams,
  body: Type.Object({ name: Name }, strict),
  statuses: [200],
  data: Room,
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN", "SW_ROOM_TYPE_INVARIANT", "SW_ROOM_FROZEN"],
});

export const setRoomTopic = route({
  operationId: "setRoomTopic",
  method: "PUT",
  path: "/v1/rooms/{room_id}/topic",
  tag,
  summary: "Set or clear a room's topic",
  access: "write",
  charged: true,
  params: RoomParams,
  body: Type.Object({ topic: Topic }, strict),
  statuses: [200],
  data: Room,
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN", "SW_ROOM_FROZEN"],
});

export const moveRoom = route({
  operationId: "moveRoom",
  method: "PUT",
  path: "/v1/rooms/{room_id}/workspace",
  tag,
  summary: "Move a room to another workspace",
  description: "Needs power 100 in the room, and the role editor or owner in the workspace it goes to (LC7).",
  access: "write",
  charged: true,
  params: RoomParams,
  body: Type.Object({ workspace_id: Id }, strict),
  statuses: [200],
  data: Room,
  errors: [
    "SW_ROOM_NOT_FOUND",
    "SW_ROOM_FORBIDDEN",
    "SW_ROOM_TYPE_INVARIANT",
    "SW_ROOM_FROZEN",
    "SW_WORKSPACE_NOT_FOUND",
    "SW_WORKSPACE_FORBIDDEN",
  ],
});

export const setRoomVisibility = route({
  operationId: "setRoomVisibility",
  method: "PATCH",
  path: "/v1/rooms/{room_id}",
  tag,
  summary: "List a group in the directory, or take it out",
  description:
    "Only of a group that is not incognito, with power 100 (PL4); of all other rooms it follows from their type.",
  access: "write",
  charged: true,
  params: RoomParams,
  body: Type.Object({ is_public: Type.Boolean() }, strict),
  statuses: [200],
  data: Room,
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN", "SW_ROOM_TYPE_INVARIANT", "SW_ROOM_FROZEN"],
});

const lifecycle = (operationId: string, verb: string, summary: string, description: string) =>
  route({
    operationId,
    method: "POST",
    path: `/v1/rooms/{room_id}/${verb}`,
    tag,
    summary,
    description,
    access: "write",
    charged: true,
    params: RoomParams,
    body: Type.Object({ reason: Type.Optional(Reason) }, strict),
    bodyOptional: true,
    statuses: [200],
    data: Room,
    errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN", "SW_ROOM_FROZEN"],
  });

export const archiveRoom = lifecycle(
  "archiveRoom",
  "archive",
  "Archive a room",
  "Freezes it for everybody (LC1, LC2).",
);
export const closeRoom = lifecycle(
  "closeRoom",
  "close",
  "Close a room for good",
  "Terminal; members keep reading (LC6).",
);

export const rejoinRoom = route({
  operationId: "rejoinRoom",
  method: "POST",
  path: "/v1/rooms/{room_id}/rejoin",
  tag,
  summary: "Restore an archived room, or join an open one",
  access: "write",
  charged: true,
  params: RoomParams,
  body: Type.Object({}, strict),
  bodyOptional: true,
  statuses: [200],
  data: Room,
  errors: [
    "SW_ROOM_NOT_FOUND",
    "SW_ROOM_FORBIDDEN",
    "SW_ROOM_FROZEN",
    "SW_PARTICIPANT_NOT_FOUND",
    "SW_TENANT_CAPACITY",
    "SW_ROOM_CAPACITY",
  ],
});
