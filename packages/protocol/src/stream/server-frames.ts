import { ERRORS, type ErrorCode } from "../errors.ts";
import { Id, Message, NotificationMode, Nullable, OneOf, Pending, Timestamp } from "../api/shapes.ts";
import { Type } from "../schema/index.ts";
import { EXAMPLE, EXAMPLE_EVENT } from "./examples.ts";

const Cursor = Type.String({
  description: "Where to resume: everything up to and with this frame was received. Opaque.",
});
const Ref = Type.String({ description: "The `ref` of the frame that this answers." });
const Count = Type.Integer({ minimum: 0 });

/** A room's event. Its `type` is the event's type, which has a dot; no other frame's has. */
export const EventFrame = Type.Object(
  {
    type: Type.String({ pattern: "^[a-z0-9_]+(\\.[a-z0-9_]+)+$", description: "The event's type." }),
    id: Id,
    room_id: Id,
    sender_id: Nullable(Type.String({ description: "`null`: the server itself." })),
    acted_by_id: Type.Optional(Type.String({ description: "Who sent it on behalf of the sender." })),
    content: Nullable(
      Type.Object({}, { additionalProperties: true, description: "By the event's type; `null` once it was deleted." }),
    ),
    stream_position: Type.Integer({ minimum: 1, description: "The event's place in its room." }),
    origin_ts: Type.Integer({ description: "Unix milliseconds by the sender's clock." }),
    created_at: Timestamp,
    hash: Type.String({ description: "SHA-256 of the event's envelope." }),
    cursor: Cursor,
  },
  {
    description:
      "An event of a room in which the receiver was joined at its position, or a `swp.room.member` event about them (ST2). " +
      "The same bytes for every receiver; the own ones come back too.",
    examples: [{ type: "swp.room.message", ...EXAMPLE_EVENT, cursor: EXAMPLE.cursor }],
  },
);

/** What was pending and is refused, of the frame and of the long poll alike. */
export const RefusedFields = {
  id: Type.String({ description: "The id that the event would have had." }),
  room_id: Id,
  error: Type.Object({
    code: OneOf(Object.keys(ERRORS) as ErrorCode[]),
    message: Type.String({ description: "For people; may change." }),
    rule: Type.Optional(Type.String({ description: "The rule that refused." })),
    needed: Type.Optional(Type.Integer()),
    actual: Type.Optional(Type.Integer()),
  }),
};

/** What the server says besides events, by `type`. */
export const ServerFrames = {
  hello: Type.Object(
    {
      type: Type.Literal("hello"),
      session_id: Type.String({ description: "Names this connection in the server's log and in `error` frames." }),
      server_name: Type.String(),
      tenant_id: Id,
      cursor: Type.String({ description: "Where the stream begins: now, or the `since` that was given." }),
      heartbeat_ms: Type.Integer({ minimum: 1, description: "Milliseconds between two pings of the server." }),
    },
    {
      description: "The first frame, once.",
      examples: [
        {
          type: "hello",
          session_id: EXAMPLE.session,
          server_name: "acme.example",
          tenant_id: EXAMPLE.tenant,
          cursor: EXAMPLE.cursor,
          heartbeat_ms: 30_000,
        },
      ],
    },
  ),
  reset: Type.Object(
    { type: Type.Literal("reset"), cursor: Type.String({ description: "Now: events after it follow." }) },
    {
      description: "Right after `hello`, when the cursor leads nowhere: reload over REST (see Reset).",
      examples: [{ type: "reset", cursor: EXAMPLE.cursor }],
    },
  ),
  ack: Type.Object(
    { type: Type.Literal("ack"), ref: Ref, event: Type.Optional(Message), pending: Type.Optional(Pending) },
    {
      description:
        "The frame with this `ref` was carried out, and is durable. `event`: what `send` made. `pending`: it waits for the server that orders the room; its fate comes as the event, or as `refused`.",
      examples: [
        {
          type: "ack",
          ref: "r1",
          event: {
            ...EXAMPLE_EVENT,
            event_type: "swp.room.message",
            edited_at: null,
            redacted_at: null,
            reactions: [],
            reply_count: 0,
          },
        },
      ],
    },
  ),
  error: Type.Object(
    {
      type: Type.Literal("error"),
      ref: Type.Optional(Ref),
      error: Type.Object(
        {
          code: OneOf(Object.keys(ERRORS) as ErrorCode[]),
          message: Type.String({ description: "For people; may change." }),
          details: Type.Optional(
            Type.Union([
              Type.Array(Type.Object({ path: Type.String(), reason: Type.String() })),
              Type.Object({}, { additionalProperties: true }),
            ]),
          ),
          rule: Type.Optional(Type.String({ description: "The rule that refused." })),
          needed: Type.Optional(Type.Integer()),
          actual: Type.Optional(Type.Integer()),
          request_id: Type.String({ description: "The `session_id`." }),
          retry_after: Type.Optional(Type.Integer({ description: "Seconds after which a repeat may succeed." })),
        },
        { description: "As in a REST answer." },
      ),
    },
    {
      description: "A client's frame was refused; the stream goes on. Without `ref` if the frame had none.",
      examples: [
        {
          type: "error",
          ref: "r1",
          error: {
            code: "SW_ROOM_FROZEN",
            message: "The room is archived or closed.",
            rule: "LC1",
            request_id: EXAMPLE.session,
          },
        },
      ],
    },
  ),
  refused: Type.Object(
    {
      type: Type.Literal("refused"),
      ...RefusedFields,
    },
    {
      description:
        "What the receiver said in a room of another server, and what was pending, was refused there. With a cursor it comes again for 30 days, after the history, to whoever was away; `GET /v1/me/pending` lists it too.",
      examples: [
        {
          type: "refused",
          id: EXAMPLE.event,
          room_id: EXAMPLE.room,
          error: { code: "SW_ROOM_FORBIDDEN", message: "You may not do this in this room.", rule: "MB2" },
        },
      ],
    },
  ),
  leaving: Type.Object(
    { type: Type.Literal("leaving"), room_id: Id, leaving: Type.Boolean() },
    {
      description:
        "The receiver is leaving a room of another server, which has not said so yet: nothing of the room comes any more (FD13). The end is the `swp.room.member` event, or `leaving: false` where they stay after all: what was said meanwhile is in the history.",
      examples: [{ type: "leaving", room_id: EXAMPLE.room, leaving: true }],
    },
  ),
  pong: Type.Object(
    { type: Type.Literal("pong") },
    { description: "Answers a `ping` frame.", examples: [{ type: "pong" }] },
  ),
  typing: Type.Object(
    { type: Type.Literal("typing"), room_id: Id, participant_id: Id, typing: Type.Boolean() },
    {
      description:
        "Somebody else of the room is typing, told each time they say so, or no longer: they said that, or 4 s have passed. A client takes their message as the end, too.",
      examples: [{ type: "typing", room_id: EXAMPLE.room, participant_id: EXAMPLE.person, typing: true }],
    },
  ),
  presence: Type.Object(
    { type: Type.Literal("presence"), participant_id: Id, status: OneOf(["online", "away", "offline"] as const) },
    {
      description:
        "Somebody one shares a room with came, went away, or is gone for 10 s. Not told in rooms with more than 100 people at their streams.",
      examples: [{ type: "presence", participant_id: EXAMPLE.person, status: "online" }],
    },
  ),
  read_marker: Type.Object(
    {
      type: Type.Literal("read_marker"),
      room_id: Id,
      last_read_event_id: Nullable(Id),
      last_read_position: Count,
      unread_count: Count,
      mention_count: Count,
    },
    {
      description:
        "The own read marker was moved, on this device or another (RD5). One's own message moves it too, and is told by itself (EV7).",
      examples: [
        {
          type: "read_marker",
          room_id: EXAMPLE.room,
          last_read_event_id: EXAMPLE.event,
          last_read_position: 42,
          unread_count: 0,
          mention_count: 0,
        },
      ],
    },
  ),
  member_settings: Type.Object(
    {
      type: Type.Literal("member_settings"),
      room_id: Id,
      notification_mode: NotificationMode,
      muted_until: Nullable(Timestamp),
    },
    {
      description: "The own settings of a room changed, by this device or another (RD5).",
      examples: [{ type: "member_settings", room_id: EXAMPLE.room, notification_mode: "mentions", muted_until: null }],
    },
  ),
  notification: Type.Object(
    {
      type: Type.Literal("notification"),
      room_id: Id,
      event_id: Id,
      reason: OneOf(["mention", "message", "invite"] as const),
    },
    {
      description: "Something of which the receiver wants to hear, by their settings (RD4); it stands after its event.",
      examples: [{ type: "notification", room_id: EXAMPLE.room, event_id: EXAMPLE.event, reason: "mention" }],
    },
  ),
} as const;
