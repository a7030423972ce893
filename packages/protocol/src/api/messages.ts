import { Type } from "../schema/index.ts";
import { LIMITS } from "../limits.ts";
import { MediaInfo } from "./media.ts";
import { route } from "./route.ts";
import { Cursor, Id, Limit, Message, Nullable, Reason, RoomParams, strict, Timestamp } from "./shapes.ts";

const tag = "messages";
const reading = ["SW_ROOM_NOT_FOUND", "SW_ROOM_FORBIDDEN"] as const;
/** Visible ASCII, the form of `event_uuid` and `Idempotency-Key`. */
const VISIBLE_ASCII = "^[\\x21-\\x7e]+$";

export const sendMessage = route({
  operationId: "sendMessage",
  method: "POST",
  path: "/v1/rooms/{room_id}/send",
  tag,
  summary: "Send a message or a custom event",
  description:
    "`content` is free JSON up to 64 KiB; the server reads only `mentions`, `reply_to_event_id` and `media_id`. " +
    "With an `event_uuid` a repeat answers the same event, for ever (EV1). " +
    "With `as_participant_id` it is sent on behalf of a bot or agent, which needs power 100 (PL4).",
  access: "write",
  pending: true,
  charged: true,
  params: RoomParams,
  body: Type.Object(
    {
      content: Type.Object({}, { additionalProperties: true }),
      event_type: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.idLength })),
      event_uuid: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.keyLength, pattern: VISIBLE_ASCII })),
      as_participant_id: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: LIMITS.idLength,
          description: "A bot or agent of this server, joined in the room, on whose behalf it is sent (PL4).",
        }),
      ),
    },
    strict,
  ),
  statuses: [201],
  data: Message,
  errors: [
    ...reading,
    "SW_ROOM_FROZEN",
    "SW_CONTENT_TOO_LARGE",
    "SW_EVENT_NOT_FOUND",
    "SW_PARTICIPANT_NOT_FOUND",
    "SW_MEDIA_NOT_FOUND",
    "SW_ROOM_TYPE_INVARIANT",
    "SW_MEMBER_STATE",
    "SW_IDEMPOTENCY_CONFLICT",
  ],
});

export const listMessages = route({
  operationId: "listMessages",
  method: "GET",
  path: "/v1/rooms/{room_id}/messages",
  tag,
  summary: "Read a room's history",
  description:
    "`back`: positions below `from`, newest first, from the head without `from`. `forward`: positions above `from`, oldest first.",
  access: "read",
  params: RoomParams,
  query: Type.Object(
    {
      from: Type.Optional(
        Type.String({ pattern: "^(0|[1-9][0-9]{0,14})$", description: "A stream position, as a decimal string." }),
      ),
      direction: Type.Optional(Type.Union([Type.Literal("back"), Type.Literal("forward")], { default: "back" })),
      limit: Type.Optional(Limit(200, 50)),
      thread: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: LIMITS.idLength,
          description: "Only the replies to this event; redacted ones are in no thread.",
        }),
      ),
    },
    strict,
  ),
  statuses: [200],
  data: Type.Array(Message),
  meta: Type.Object({ has_more: Type.Boolean(), next_cursor: Nullable(Type.String()) }),
  errors: [...reading, "SW_EVENT_NOT_FOUND"],
});

export const getEvent = route({
  operationId: "getEvent",
  method: "GET",
  path: "/v1/rooms/{room_id}/events/{event_id}",
  tag,
  summary: "Get one event",
  access: "read",
  params: Type.Object({ room_id: Id, event_id: Id }, strict),
  statuses: [200],
  data: Message,
  errors: [...reading, "SW_EVENT_NOT_FOUND"],
});

export const listFiles = route({
  operationId: "listFiles",
  method: "GET",
  path: "/v1/rooms/{room_id}/files",
  tag,
  summary: "Files that messages of a room name",
  description: "Newest first; of a message that was edited, each file it ever named, once. Redacted ones are gone.",
  access: "read",
  params: RoomParams,
  query: Type.Object({ limit: Type.Optional(Limit(200, 50)), cursor: Type.Optional(Cursor) }, strict),
  statuses: [200],
  data: Type.Array(
    Type.Object({
      media: MediaInfo,
      event_id: Type.String({ description: "The message." }),
      sender_id: Nullable(Type.String()),
      stream_position: Type.Integer({ minimum: 1 }),
      sent_at: Timestamp,
    }),
  ),
  meta: Type.Object({ has_more: Type.Boolean(), next_cursor: Nullable(Type.String()) }),
  errors: reading,
});

const EventParams = Type.Object({ room_id: Id, event_id: Id }, strict);
const amending = [...reading, "SW_ROOM_FROZEN", "SW_EVENT_NOT_FOUND"] as const;

export const editEvent = route({
  operationId: "editEvent",
  method: "POST",
  path: "/v1/rooms/{room_id}/events/{event_id}/edit",
  tag,
  summary: "Edit a message or custom event of one's own",
  description:
    "Within the tenant's time, 24 hours unless set otherwise (EV3). A message goes on answering what it answered. " +
    "Answers the event as it now is; the same content again changes nothing.",
  access: "write",
  pending: true,
  charged: true,
  params: EventParams,
  body: Type.Object({ content: Type.Object({}, { additionalProperties: true }) }, strict),
  statuses: [200],
  data: Message,
  errors: [
    ...amending,
    "SW_CONTENT_TOO_LARGE",
    "SW_PARTICIPANT_NOT_FOUND",
    "SW_MEDIA_NOT_FOUND",
    "SW_ROOM_TYPE_INVARIANT",
    "SW_EDIT_FORBIDDEN",
    "SW_EVENT_TOO_OLD_TO_EDIT",
  ],
});

export const redactEvent = route({
  operationId: "redactEvent",
  method: "POST",
  path: "/v1/rooms/{room_id}/events/{event_id}/redact",
  tag,
  summary: "Redact a message or custom event",
  description:
    "One's own, or with power 50 another's. Its content is deleted, with its edits and reactions, for good (EV4). " +
    "Answers the event as it now is; again changes nothing.",
  access: "write",
  pending: true,
  charged: true,
  params: EventParams,
  body: Type.Object({ reason: Type.Optional(Reason) }, strict),
  bodyOptional: true,
  statuses: [200],
  data: Message,
  errors: [...amending, "SW_REDACT_FORBIDDEN"],
});

const Emoji = Type.String({
  minLength: 1,
  maxLength: LIMITS.idLength,
  description: "One emoji or other grapheme, or a `:shortcode:`; up to 64 bytes (EV5).",
  examples: ["👍"],
});
const Reactions = Type.Object({ reactions: Message.properties.reactions });

export const addReaction = route({
  operationId: "addReaction",
  method: "POST",
  path: "/v1/rooms/{room_id}/events/{event_id}/reaction",
  tag,
  summary: "React to an event",
  description: "One reaction for each event, person and emoji: adding it again changes nothing (EV5).",
  access: "write",
  pending: true,
  charged: true,
  params: EventParams,
  body: Type.Object({ emoji: Emoji }, strict),
  statuses: [200],
  data: Reactions,
  errors: [...amending, "SW_EVENT_CAPACITY"],
});

export const removeReaction = route({
  operationId: "removeReaction",
  method: "DELETE",
  path: "/v1/rooms/{room_id}/events/{event_id}/reaction",
  tag,
  summary: "Take back a reaction",
  description: "Of one that is not there, changes nothing (EV5).",
  access: "write",
  pending: true,
  charged: true,
  params: EventParams,
  query: Type.Object({ emoji: Emoji }, strict),
  statuses: [200],
  data: Reactions,
  errors: amending,
});
