import type { TBoolean, TLiteral, TSchema, TUnion } from "typebox";
import { Type } from "../schema/index.ts";
import { LIMITS } from "../limits.ts";

/** Schemas that several calls share. An id is any text of 1..255 characters: its form is never checked (AP2). */
export const Id = Type.String({ minLength: 1, maxLength: LIMITS.idLength, description: "An opaque id." });
export const FqidElsewhere = Type.String({
  minLength: 1,
  maxLength: 320,
  description: "Somebody of another server: `@local_id:server_name`.",
});
export const Timestamp = Type.String({
  description: "RFC 3339, UTC, milliseconds.",
  examples: ["2026-01-02T03:04:05.678Z"],
});
export const Nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
/** One of some words, typed as those words. */
export const OneOf = <const Words extends readonly string[]>(words: Words) =>
  Type.Union(words.map((word) => Type.Literal(word))) as unknown as TUnion<{
    -readonly [I in keyof Words]: TLiteral<Words[I]>;
  }>;
export const Reason = Type.String({
  minLength: 1,
  maxLength: LIMITS.reasonLength,
  description: "Shown to the others.",
});
export const Cursor = Type.String({
  minLength: 1,
  maxLength: 1024,
  description: "`meta.next_cursor` of the page before; opaque (AP7).",
});
export const Limit = (most: number, usual: number) =>
  Type.Integer({ minimum: 1, maximum: most, default: usual, description: `Rows a page, ${usual} unless given.` });

export const strict = { additionalProperties: false } as const;

/** `meta` of a list (AP7). */
export const PageMeta = Type.Object({
  has_more: Type.Boolean(),
  next_cursor: Nullable(Type.String()),
  total: Type.Optional(Type.Integer({ minimum: 0 })),
  total_at_least: Type.Optional(Type.Literal(true)),
});

export const RoomTypes = ["group", "public", "incognito", "dm"] as const;
export const RoomType = OneOf(RoomTypes);
export const RoomStates = ["open", "archived", "closed"] as const;
export const RoomStateName = OneOf(RoomStates);
export const Memberships = ["invite", "join", "leave", "ban"] as const;
export const MembershipName = OneOf(Memberships);
export const ParticipantTypes = ["human", "bot", "agent", "federated"] as const;
export const ParticipantTypeName = OneOf(ParticipantTypes);
export const NotificationModes = ["all", "mentions", "none", "inherit"] as const;
export const NotificationMode = OneOf(NotificationModes);

/** Somebody, as others see them. */
export const ParticipantSummary = Type.Object({
  id: Type.String(),
  local_id: Type.String(),
  server_name: Type.String(),
  fqid: Type.String(),
  display_name: Type.String(),
  participant_type: ParticipantTypeName,
  avatar_url: Nullable(Type.String()),
});

export const Member = Type.Object({
  participant_id: Type.String(),
  membership: MembershipName,
  power_level: Type.Integer({ minimum: 0, maximum: 100 }),
  joined_at: Nullable(Timestamp),
  invited_by: Nullable(Type.String({ description: "participant_id of the inviter" })),
  reason: Nullable(Type.String()),
  cause: Nullable(Type.String()),
  ban_expires_at: Nullable(Timestamp),
  participant: ParticipantSummary,
  notification_mode: Type.Optional(NotificationMode),
  muted_until: Type.Optional(Nullable(Timestamp)),
  leaving: Type.Optional(
    Type.Literal(true, {
      description: "Of oneself: the leave waits for the server that orders the room. Nothing of it is shown any more.",
    }),
  ),
});

/** What the caller may do here, computed by the deciding function (spec/model.md, "Room"). */
export const CanActions = [
  "send",
  "invite",
  "kick",
  "ban",
  "rename",
  "set_topic",
  "move",
  "archive",
  "restore",
  "close",
  "export",
  "set_power",
  "federate",
] as const;
export type CanAction = (typeof CanActions)[number];

export const Can = Type.Object(
  Object.fromEntries(CanActions.map((action) => [action, Type.Boolean()])) as Record<CanAction, TBoolean>,
);

export const RoomMe = Type.Object({
  membership: MembershipName,
  power_level: Type.Integer(),
  notification_mode: NotificationMode,
  muted_until: Nullable(Timestamp),
  last_read_event_id: Nullable(Type.String()),
  unread_count: Type.Integer({ minimum: 0 }),
  mention_count: Type.Integer({ minimum: 0 }),
  can: Can,
});

/** An invitee to a room that is not open to all is not told what is optional here but for `dm_with` (MB4). */
export const Room = Type.Object({
  id: Type.String(),
  room_alias: Nullable(Type.String()),
  room_type: RoomType,
  scope_kind: Nullable(Type.Literal("incognito")),
  name: Nullable(Type.String()),
  topic: Nullable(Type.String()),
  is_public: Type.Boolean(),
  workspace_id: Type.Optional(Nullable(Type.String())),
  creator_id: Type.Optional(Nullable(Type.String())),
  state: RoomStateName,
  federated: Type.Optional(Type.Boolean()),
  hub: Type.Optional(Type.String({ description: "The server that orders this room's log." })),
  members_count: Type.Integer({ minimum: 0 }),
  head: Type.Optional(Type.Integer({ minimum: 1, description: "The last stream position." })),
  created_at: Type.Optional(Timestamp),
  archived_at: Type.Optional(Nullable(Timestamp)),
  closed_at: Type.Optional(Nullable(Timestamp)),
  dm_with: Type.Optional(ParticipantSummary),
  invited_by: Type.Optional(Nullable(Type.String({ description: "For an invitee: participant_id of the inviter." }))),
  me: Type.Optional(RoomMe),
});

/** A message, custom event or state event as `GET …/messages` lists it. */
export const Message = Type.Object({
  id: Type.String(),
  room_id: Type.String(),
  sender_id: Nullable(Type.String({ description: "null: the server itself" })),
  acted_by_id: Type.Optional(Type.String()),
  event_type: Type.String(),
  content: Nullable(Type.Object({}, { additionalProperties: true })),
  stream_position: Type.Integer({ minimum: 1 }),
  origin_ts: Type.Integer({ description: "Unix milliseconds by the sender's clock." }),
  created_at: Timestamp,
  edited_at: Nullable(Timestamp),
  redacted_at: Nullable(Timestamp),
  original_content: Type.Optional(Type.Object({}, { additionalProperties: true })),
  reactions: Type.Array(Type.Object({ emoji: Type.String(), count: Type.Integer(), me: Type.Boolean() })),
  reply_count: Type.Integer({ minimum: 0 }),
  hash: Type.String({ description: "SHA-256 of the event's envelope." }),
});

export const RoomParams = Type.Object({ room_id: Id }, strict);

/** Something said in a room of another server that cannot be asked now: it is kept, and asked for until it is answered. */
export const Pending = Type.Object({
  id: Type.String({ description: "The id that the event will have." }),
  pending: Type.Literal(true),
  origin_ts: Type.Integer({ description: "Unix milliseconds." }),
  content: Type.Object({}, { additionalProperties: true }),
  leaving: Type.Optional(Type.Literal(true, { description: "It is a leave: nothing of the room is shown any more." })),
});
