import type { Static } from "typebox";
import { Type } from "../schema/index.ts";
import { Id, strict } from "../api/shapes.ts";
import { LIMITS } from "../limits.ts";

/** Why the server ends a stream (ST7). A client reconnects with its cursor after all of them but 4001. */
export const CLOSE = {
  /** Bytes that are no WebSocket. */
  notWebSocket: 1002,
  /** A frame that is not UTF-8. */
  notText: 1007,
  /** A frame that this protocol does not know, in too many pieces, or far too many of them. */
  badFrame: 1008,
  /** A frame above 64 KiB of content and its envelope. */
  tooBig: 1009,
  /** A fault of the server's own. */
  fault: 1011,
  /** The server stops or restarts. */
  restarting: 1012,
  /** The credential is bad, expired or revoked. */
  credential: 4001,
  /** Two pings were not answered. */
  silent: 4003,
  /** The client reads too slowly: more than 1 MiB waits for it. */
  tooSlow: 4008,
} as const;

export const STREAM = {
  heartbeatMs: 30_000,
  /** What may wait for a slow reader, in bytes. */
  bufferBytes: 1024 * 1024,
  /** Events that a resume brings; beyond it the client reloads (ST3). */
  resumeEvents: 10_000,
  resumeMs: 30 * 24 * 3600 * 1000,
  ticketMs: 30_000,
  typingMs: 4000,
  /** Whoever comes back within it was never offline. */
  presenceMs: 10_000,
  /** Content of full size with every character escaped, and its envelope. */
  frameBytes: LIMITS.bodyBytes,
} as const;

const Ref = Type.String({ minLength: 1, maxLength: LIMITS.keyLength });

/** What a client may say (ST6). */
export const ClientFrames = {
  ping: Type.Object({ type: Type.Literal("ping") }, strict),
  typing: Type.Object({ type: Type.Literal("typing"), room_id: Id, typing: Type.Boolean() }, strict),
  presence: Type.Object(
    { type: Type.Literal("presence"), status: Type.Union([Type.Literal("online"), Type.Literal("away")]) },
    strict,
  ),
  read: Type.Object({ type: Type.Literal("read"), ref: Type.Optional(Ref), room_id: Id, event_id: Id }, strict),
  send: Type.Object(
    {
      type: Type.Literal("send"),
      ref: Ref,
      room_id: Id,
      content: Type.Object({}, { additionalProperties: true }),
      event_type: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.idLength })),
      event_uuid: Type.Optional(
        Type.String({ minLength: 1, maxLength: LIMITS.keyLength, pattern: "^[\\x21-\\x7e]+$" }),
      ),
    },
    strict,
  ),
} as const;

export type ClientFrame = {
  [K in keyof typeof ClientFrames]: Static<(typeof ClientFrames)[K]>;
}[keyof typeof ClientFrames];
