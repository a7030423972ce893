import { Type } from "../schema/index.ts";
import { route } from "./route.ts";
import { Id, Limit, Timestamp, strict } from "./shapes.ts";
import { STREAM } from "../stream/bounds.ts";
import { EventFrame, RefusedFields } from "../stream/server-frames.ts";

const tag = "stream";
const Status = Type.Union([Type.Literal("online"), Type.Literal("away"), Type.Literal("offline")]);

export const createStreamTicket = route({
  operationId: "createStreamTicket",
  method: "POST",
  path: "/v1/stream/ticket",
  tag,
  summary: "Get a ticket for one stream",
  description: "For clients that can set no header: `GET /v1/stream?ticket=`, once, within 30 s.",
  access: "read",
  body: Type.Object({}, strict),
  bodyOptional: true,
  statuses: [200],
  data: Type.Object({ ticket: Type.String(), expires_at: Timestamp }),
  errors: [],
});

export const sync = route({
  operationId: "sync",
  method: "GET",
  path: "/v1/sync",
  tag,
  summary: "The stream by long poll",
  description:
    "The same events as the WebSocket, as `events`. Without `since`: at once, no events, the present cursor. " +
    "`reset: true` where the WebSocket sends a reset: reload, and go on from `next_cursor`. `refused` is what `refused` frames say.",
  access: "read",
  query: Type.Object(
    {
      since: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
      limit: Type.Optional(Limit(STREAM.syncEvents, 100)),
      timeout: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: STREAM.syncMs,
          default: 30_000,
          description: "Milliseconds to wait for an event.",
        }),
      ),
    },
    strict,
  ),
  statuses: [200],
  data: Type.Object({
    events: Type.Array(EventFrame),
    next_cursor: Type.String(),
    has_more: Type.Boolean(),
    reset: Type.Optional(Type.Literal(true)),
    refused: Type.Optional(
      Type.Array(Type.Object(RefusedFields), {
        description:
          "What the caller said in rooms of other servers, was told is pending, and is refused there (FD13): until the cursor " +
          "has passed it, so it may come more than once. At most 100; `GET /v1/me/pending` lists all.",
      }),
    ),
  }),
  errors: [],
});

export const setTyping = route({
  operationId: "setTyping",
  method: "PUT",
  path: "/v1/typing",
  tag,
  summary: "Say that the caller is typing, or no longer",
  description: "Told to the others of the room at once; cleared after 4 s unless said again.",
  access: "write",
  charged: true,
  body: Type.Object({ room_id: Id, typing: Type.Boolean() }, strict),
  statuses: [200],
  data: Type.Object({ room_id: Type.String(), typing: Type.Boolean() }),
  errors: ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN", "SW_ROOM_FROZEN"],
});

export const setPresence = route({
  operationId: "setPresence",
  method: "PUT",
  path: "/v1/me/presence",
  tag,
  summary: "Say that the caller is here, or away",
  description: "Holds while they have a stream, and 10 s longer; without one they are offline whatever they say.",
  access: "write",
  charged: true,
  body: Type.Object({ status: Type.Union([Type.Literal("online"), Type.Literal("away")]) }, strict),
  statuses: [200],
  data: Type.Object({ status: Status }),
  errors: [],
});

export const getPresence = route({
  operationId: "getPresence",
  method: "GET",
  path: "/v1/presence",
  tag,
  summary: "Who of these people is here",
  description: "`ids`: up to 100 participant ids, separated by commas. Unknown ids are left out.",
  access: "read",
  query: Type.Object({ ids: Type.String({ minLength: 1, maxLength: 8192 }) }, strict),
  statuses: [200],
  data: Type.Array(Type.Object({ participant_id: Type.String(), status: Status })),
  errors: [],
});
