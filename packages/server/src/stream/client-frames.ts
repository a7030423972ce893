import { errorBody, type Fault, type JsonObject, parseStrictJson, StairwellError } from "@stairwell/protocol";
import { MESSAGE } from "@stairwell/protocol/room";
import { type ClientFrame, ClientFrames } from "@stairwell/protocol/stream";
import type { Log } from "../events/index.ts";
import { checkerOf } from "../lib/checker.ts";
import { messageJson, send } from "../messages/index.ts";
import type { Identities } from "../participants/index.ts";
import { markRead, type MarkReadParts } from "../reading/index.ts";
import type { Actor } from "../auth/index.ts";
import type { Presence } from "./presence.ts";
import type { Session } from "./session.ts";
import type { Typing } from "./typing.ts";

export interface ClientFrameParts extends MarkReadParts {
  log: Log;
  identities: Identities;
  typing: Typing;
  presence: Presence;
  /** Takes one of the caller's `send_rate`; throws `SW_RATE_LIMIT_EXCEEDED`. */
  take: (actor: Actor) => void;
  charge: (actor: Actor, events: number) => void;
}

const CHECKERS = new Map(Object.entries(ClientFrames).map(([type, schema]) => [type, checkerOf(schema)]));

/** A frame that is no frame of this protocol: the stream ends with it. */
export class BadFrame extends Error {}

/** What a client's text says. Throws `BadFrame`; `SW_REQUEST_INVALID` for a known type with a wrong shape. */
export function parseFrame(text: string): ClientFrame {
  let value: JsonObject;
  try {
    value = parseStrictJson(text) as JsonObject;
  } catch (cause) {
    throw new BadFrame("not the JSON of a frame", { cause });
  }
  const type = typeof value === "object" && value !== null ? value.type : undefined;
  const checker = typeof type === "string" ? CHECKERS.get(type) : undefined;
  if (checker === undefined) throw new BadFrame("unknown frame type");
  if (!checker.test(value)) {
    const details: Fault[] = [];
    checker.explain(value, "", details);
    throw new StairwellError("SW_REQUEST_INVALID", { details });
  }
  return value as unknown as ClientFrame;
}

/** Does what a client's frame asks, with the checks and codes of REST, and answers it (ST6). */
export async function handleFrame(parts: ClientFrameParts, session: Session, frame: ClientFrame): Promise<void> {
  const { actor } = session;
  requireScope(actor, frame);
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
  { db, log, identities, take, charge }: ClientFrameParts,
  session: Session,
  frame: Extract<ClientFrame, { type: "send" }>,
): Promise<void> {
  const { actor } = session;
  take(actor);
  const sent = await send({ db, log, identities }, actor, undefined, frame.room_id, {
    content: frame.content as JsonObject,
    eventType: frame.event_type ?? MESSAGE,
    eventUuid: frame.event_uuid ?? null,
  });
  charge(actor, sent.appended - 1);
  const event = await messageJson(db, identities, sent.at, sent.event, 0);
  session.reply(`{"type":"ack","ref":${JSON.stringify(frame.ref)},"event":${event}}`);
}

function requireScope(actor: Actor, frame: ClientFrame): void {
  if (frame.type === "ping" || actor.scopes.has("write")) return;
  throw new StairwellError("SW_AUTH_INSUFFICIENT_PERMISSION", { rule: "ST6", message: "This token may only read." });
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
