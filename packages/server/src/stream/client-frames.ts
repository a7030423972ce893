import { errorBody, type Fault, type JsonObject, parseStrictJson, StairwellError } from "@stairwell/protocol";
import { MESSAGE } from "@stairwell/protocol/room";
import { type ClientFrame, ClientFrames } from "@stairwell/protocol/stream";
import type { Actor } from "../auth/index.ts";
import { Accepted } from "../lib/accepted.ts";
import { checkerOf } from "../lib/checker.ts";
import type { Clock } from "../lib/clock.ts";
import { send, type SendParts, sentJson } from "../messages/index.ts";
import { markRead, type MarkReadParts } from "../reading/index.ts";
import type { Presence } from "./presence.ts";
import type { Session } from "./session.ts";
import type { Typing } from "./typing.ts";

export interface ClientFrameParts extends MarkReadParts, SendParts {
  typing: Typing;
  presence: Presence;
  clock: Pick<Clock, "now">;
  /** Takes one of the caller's `send_rate`; throws `SW_RATE_LIMIT_EXCEEDED`. */
  take: (actor: Actor) => void;
  charge: (actor: Actor, events: number) => void;
}

const CHECKERS = new Map(Object.entries(ClientFrames).map(([type, schema]) => [type, checkerOf(schema)]));
/** Whatever is told to a whole room. */
const CHARGED: ReadonlySet<string> = new Set(["send", "typing", "presence"]);

/** A frame that is no frame of this protocol: the stream ends with it. */
export class BadFrame extends Error {}

/** A frame of a known type, not checked further. */
export interface Heard {
  readonly type: string;
  /** Which one it was, for its sender. */
  readonly ref: string | undefined;
  /** `SW_REQUEST_INVALID` for a wrong shape. */
  check(): ClientFrame;
}

/** What a client's text says. Throws `BadFrame`. */
export function readFrame(text: string): Heard {
  let value: unknown;
  let fault: unknown;
  try {
    value = parseStrictJson(text);
  } catch (error) {
    fault = error;
    value = parseAnyJson(text);
  }
  const { type, ref } = (typeof value === "object" && value !== null ? value : {}) as { type?: unknown; ref?: unknown };
  const checker = typeof type === "string" ? CHECKERS.get(type) : undefined;
  if (checker === undefined) throw new BadFrame("unknown frame type");
  return {
    type: type as string,
    ref: typeof ref === "string" ? ref.slice(0, 128) : undefined,
    check() {
      if (fault !== undefined) throw fault;
      if (checker.test(value)) return value as ClientFrame;
      const details: Fault[] = [];
      checker.explain(value, "", details);
      throw new StairwellError("SW_REQUEST_INVALID", { details });
    },
  };
}

/** JSON that was refused in strict reading: its type and `ref` still say what to answer. */
function parseAnyJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BadFrame("not JSON", { cause });
  }
}

/** Does what a client's frame asks, with the checks and codes of REST, in their order, and answers it (ST6). */
export async function handleFrame(parts: ClientFrameParts, session: Session, heard: Heard): Promise<void> {
  const { actor } = session;
  if (CHARGED.has(heard.type)) parts.take(actor);
  if (heard.type !== "ping") requireWrite(actor);
  const frame = heard.check();
  switch (frame.type) {
    case "ping":
      return session.reply({ type: "pong" });
    case "typing":
      return parts.typing.set(actor, frame.room_id, frame.typing);
    case "presence":
      return void parts.presence.set(actor, frame.status);
    case "read": {
      await markRead(parts, actor, frame.room_id, frame.event_id);
      return frame.ref === undefined ? undefined : session.reply({ type: "ack", ref: frame.ref });
    }
    case "send":
      return sendFrame(parts, session, frame);
  }
}

async function sendFrame(
  parts: ClientFrameParts,
  session: Session,
  frame: Extract<ClientFrame, { type: "send" }>,
): Promise<void> {
  const { actor } = session;
  const sent = await accepted(
    send(parts, actor, undefined, frame.room_id, {
      content: frame.content as JsonObject,
      eventType: frame.event_type ?? MESSAGE,
      eventUuid: frame.event_uuid ?? null,
      asParticipantId: frame.as_participant_id ?? null,
    }),
  );
  if (sent instanceof Accepted) return session.reply({ type: "ack", ref: frame.ref, pending: sent.data });
  // As over HTTP, a repeat gives back what it took.
  if (sent.appended !== 1) parts.charge(actor, sent.appended - 1);
  session.reply(`{"type":"ack","ref":${JSON.stringify(frame.ref)},"event":${await sentJson(parts, actor, sent)}}`);
}

/** What was taken and is not done yet is an answer too. */
function accepted<T>(sending: Promise<T>): Promise<T | Accepted> {
  return sending.catch((error: unknown) => {
    if (error instanceof Accepted) return error;
    throw error;
  });
}

function requireWrite(actor: Actor): void {
  if (actor.scopes.has("write")) return;
  throw new StairwellError("SW_AUTH_INSUFFICIENT_PERMISSION", {
    rule: "AU2",
    message: "This frame needs the scope write.",
  });
}

/** The frame that says that another one was refused. */
export function errorFrame(error: unknown, ref: string | undefined, requestId: string): object {
  const known = error instanceof StairwellError ? error : new StairwellError("SW_INTERNAL", { cause: error });
  const wait = known.info.retryAfterSeconds;
  return {
    type: "error",
    ...(ref === undefined ? {} : { ref }),
    error: { ...errorBody(known, requestId).error, ...(wait === undefined ? {} : { retry_after: wait }) },
  };
}
