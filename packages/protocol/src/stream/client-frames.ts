import type { Static } from "typebox";
import { Id, strict } from "../api/shapes.ts";
import { LIMITS } from "../limits.ts";
import { Type } from "../schema/index.ts";
import { EXAMPLE } from "./examples.ts";

const Ref = Type.String({
  minLength: 1,
  maxLength: LIMITS.keyLength,
  description: "Comes back in the answer.",
});

/** What a client may say, by `type` (ST6). Unknown fields are refused. */
export const ClientFrames = {
  ping: Type.Object(
    { type: Type.Literal("ping") },
    {
      ...strict,
      description: "Asks whether the stream is alive; answered by `pong`.",
      examples: [{ type: "ping" }],
    },
  ),
  send: Type.Object(
    {
      type: Type.Literal("send"),
      ref: Ref,
      room_id: Id,
      content: Type.Object({}, { additionalProperties: true, description: "As of `POST …/send`." }),
      event_type: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: LIMITS.idLength,
          description: "`swp.room.message` unless given, or a custom type.",
        }),
      ),
      event_uuid: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: LIMITS.keyLength,
          pattern: "^[\\x21-\\x7e]+$",
          description: "Makes a repeat answer the same event, for ever (EV1).",
        }),
      ),
      as_participant_id: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: LIMITS.idLength,
          description: "A bot or agent of this server, joined in the room, on whose behalf it is sent (PL4).",
        }),
      ),
    },
    {
      ...strict,
      description: "Sends a message or a custom event: `POST …/send`. Answered by `ack` with the event, or by `error`.",
      examples: [
        {
          type: "send",
          ref: "r1",
          room_id: EXAMPLE.room,
          content: { body: "At ten?", msgtype: "swp.text" },
          event_uuid: "7d1c5e",
        },
      ],
    },
  ),
  read: Type.Object(
    { type: Type.Literal("read"), ref: Type.Optional(Ref), room_id: Id, event_id: Id },
    {
      ...strict,
      description: "Moves the own read marker: `PUT …/read`. Answered by `ack` if it has a `ref`, or by `error`.",
      examples: [{ type: "read", ref: "r2", room_id: EXAMPLE.room, event_id: EXAMPLE.event }],
    },
  ),
  typing: Type.Object(
    { type: Type.Literal("typing"), room_id: Id, typing: Type.Boolean() },
    {
      ...strict,
      description:
        "Says that the caller is typing, or no longer: `PUT /v1/typing`. Say it again before 4 s are over. Only a refusal is answered.",
      examples: [{ type: "typing", room_id: EXAMPLE.room, typing: true }],
    },
  ),
  presence: Type.Object(
    { type: Type.Literal("presence"), status: Type.Union([Type.Literal("online"), Type.Literal("away")]) },
    {
      ...strict,
      description: "Says that the caller is here, or away: `PUT /v1/me/presence`. Only a refusal is answered.",
      examples: [{ type: "presence", status: "away" }],
    },
  ),
} as const;

export type ClientFrame = {
  [K in keyof typeof ClientFrames]: Static<(typeof ClientFrames)[K]>;
}[keyof typeof ClientFrames];
