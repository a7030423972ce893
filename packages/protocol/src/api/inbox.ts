import { Type } from "../schema/index.ts";
import { route } from "./route.ts";
import {
  Cursor,
  Limit,
  Message,
  Nullable,
  OneOf,
  PageMeta,
  ParticipantSummary,
  RoomStateName,
  RoomType,
  strict,
  Timestamp,
} from "./shapes.ts";

/** As much of a room as a line of an inbox shows. */
export const InboxRoom = Type.Object({
  id: Type.String(),
  room_alias: Nullable(Type.String()),
  room_type: RoomType,
  name: Nullable(Type.String()),
  topic: Nullable(Type.String()),
  state: RoomStateName,
  members_count: Type.Integer({ minimum: 0 }),
  dm_with: Type.Optional(ParticipantSummary),
});

export const InboxItem = Type.Union([
  Type.Object(
    {
      kind: Type.Literal("mention"),
      room: InboxRoom,
      message: Message,
      unread: Type.Boolean({ description: "After the caller's read marker; never in a room that is frozen." }),
      muted: Type.Boolean({ description: "The caller has muted the room." }),
      created_at: Timestamp,
    },
    { description: "A message by another that mentions the caller." },
  ),
  Type.Object(
    {
      kind: Type.Literal("invite"),
      room: InboxRoom,
      invited_by: Nullable(ParticipantSummary),
      reason: Nullable(Type.String()),
      created_at: Timestamp,
    },
    { description: "An open invite to the caller." },
  ),
]);

export const getInbox = route({
  operationId: "getInbox",
  method: "GET",
  path: "/v1/inbox",
  tag: "reading",
  summary: "What is addressed to the caller: mentions and invites",
  description:
    "Newest first. Mentions: messages of others, in rooms the caller is joined in, that mention them by name, answer " +
    "them, or mention `@room`; muted rooms too. Invites: those to open rooms that still stand.",
  access: "read",
  query: Type.Object(
    {
      kind: Type.Optional(OneOf(["mention", "invite"])),
      limit: Type.Optional(Limit(200, 50)),
      cursor: Type.Optional(Cursor),
    },
    strict,
  ),
  statuses: [200],
  data: Type.Array(InboxItem),
  meta: PageMeta,
  errors: [],
});

export const listPending = route({
  operationId: "listPending",
  method: "GET",
  path: "/v1/me/pending",
  tag: "messages",
  summary: "What one said that waits for another server, or was refused there",
  description:
    "Everything that was answered 202 or 504 ends as an event or is refused (FD13). Here is what waits, in the order in which " +
    "it was said, and then what was refused in the last 30 days; at most 1,000 of each. What is neither here nor in the log " +
    "was never taken, or changed nothing.",
  access: "read",
  statuses: [200],
  data: Type.Array(
    Type.Object({
      id: Type.String({ description: "The id that the event will have, or would have had." }),
      room_id: Type.String(),
      state: OneOf(["pending", "refused"] as const),
      event_type: Type.Optional(Type.String()),
      origin_ts: Type.Optional(Type.Integer({ description: "Unix milliseconds." })),
      content: Type.Optional(
        Type.Object({}, { additionalProperties: true, description: "As on record: people are named by their FQIDs." }),
      ),
      error: Type.Optional(
        Type.Object({
          code: Type.String(),
          message: Type.String({ description: "For people; may change." }),
          rule: Type.Optional(Type.String()),
          needed: Type.Optional(Type.Integer()),
          actual: Type.Optional(Type.Integer()),
        }),
      ),
    }),
  ),
  errors: [],
});
