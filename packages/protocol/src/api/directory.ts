import { Type } from "../schema/index.ts";
import { LIMITS } from "../limits.ts";
import { route } from "./route.ts";
import {
  Cursor,
  Id,
  Limit,
  PageMeta,
  ParticipantSummary,
  ParticipantTypeName,
  Room,
  RoomStateName,
  RoomType,
  strict,
} from "./shapes.ts";

const tag = "directory";
const Query = Type.String({ minLength: 1, maxLength: LIMITS.queryLength });

export const listRooms = route({
  operationId: "listRooms",
  method: "GET",
  path: "/v1/directory/rooms",
  tag,
  summary: "List the rooms the caller can see",
  description:
    "Open rooms the caller is in or invited to, and open public rooms of the tenant; with `state=closed`, closed rooms the caller is in (VS2). `activity` orders by the minute of the last event.",
  access: "read",
  query: Type.Object(
    {
      q: Type.Optional(Query),
      room_type: Type.Optional(RoomType),
      workspace_id: Type.Optional(Id),
      membership: Type.Optional(Type.Union([Type.Literal("join"), Type.Literal("invite"), Type.Literal("none")])),
      state: Type.Optional(RoomStateName),
      sort: Type.Optional(
        Type.Union([Type.Literal("activity"), Type.Literal("name"), Type.Literal("members")], { default: "activity" }),
      ),
      limit: Type.Optional(Limit(200, 50)),
      cursor: Type.Optional(Cursor),
    },
    strict,
  ),
  statuses: [200],
  data: Type.Array(Room),
  meta: PageMeta,
  errors: [],
});

export const listParticipants = route({
  operationId: "listParticipants",
  method: "GET",
  path: "/v1/directory/participants",
  tag,
  summary: "Find people, bots and agents of the tenant, and people of other servers",
  description:
    "Of other servers those with whom the caller is in a room, also found by the name of their server; `type=federated` lists " +
    "them alone.",
  access: "read",
  query: Type.Object(
    {
      q: Type.Optional(Query),
      type: Type.Optional(ParticipantTypeName),
      limit: Type.Optional(Limit(200, 50)),
      cursor: Type.Optional(Cursor),
    },
    strict,
  ),
  statuses: [200],
  data: Type.Array(ParticipantSummary),
  meta: PageMeta,
  errors: [],
});

export const resolveAlias = route({
  operationId: "resolveAlias",
  method: "GET",
  path: "/v1/directory/alias/{alias}",
  tag,
  summary: "Find a visible room by its alias",
  access: "read",
  params: Type.Object({ alias: Id }, strict),
  statuses: [200],
  data: Room,
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN"],
});
