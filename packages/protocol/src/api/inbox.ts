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
