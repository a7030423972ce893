import type { DataOf, RequestOf, Route } from "@stairwell/protocol/api";
import type { Actor } from "../auth/index.ts";
import type { Answer, Receipt } from "../receipts/index.ts";

/** Whoever waits for an answer: `close` comes when it was sent, and when they have gone. */
export interface Caller {
  /** They have gone. */
  readonly destroyed: boolean;
  once(event: "close", listener: () => void): unknown;
}

/** A validated request with the one who makes it. Path parameters are as sent: any text, of any length (AP2). */
export interface Asked<R extends Route> extends RequestOf<R> {
  actor: R["access"] extends "open" | "operator" ? undefined : Actor;
  /** What proved the actor, for whatever outlives the request. */
  credential: R["access"] extends "open" | "operator" ? undefined : string;
  caller: Caller;
}

/** A body to send: `data` as a value, or as JSON text that is spliced into the answer as it stands. */
export type Body<R extends Route> = ({ data: DataOf<R> } | { json: string }) & { meta?: unknown };

type Eventually<T> = T | Promise<T>;

/**
 * A route bound to its operation. `reply` answers at once. A POST is bound by `run` and `render`: `run` does the
 * work and gives a reference, `render` makes the body from it, now or for a repeat with the same key (AP6).
 * `A` may carry more than the reference, to spare `render` a read; a repeat has the reference only.
 */
export type Endpoint = ReplyEndpoint | CommandEndpoint;

export interface ReplyEndpoint {
  kind: "reply";
  route: Route;
  reply: (asked: never) => Eventually<Body<Route> & { status?: 200 | 201 }>;
}

export interface CommandEndpoint {
  kind: "command";
  route: Route;
  run: (asked: never, receipt: Receipt | undefined) => Eventually<Answer<object>>;
  render: (asked: never, answer: never, receipt: Receipt | undefined) => Eventually<Body<Route>>;
}

export function reply<R extends Route>(
  route: R,
  handler: (asked: Asked<R>) => Eventually<Body<R> & { status?: 200 | 201 }>,
): Endpoint {
  return { kind: "reply", route, reply: handler };
}

/** `receipt` is undefined for a request without an `Idempotency-Key`; `run` hands it to `perform`. */
export function command<R extends Route, Ref extends object, A extends Answer<Ref>>(
  route: R,
  run: (asked: Asked<R>, receipt: Receipt | undefined) => Eventually<A>,
  render: (asked: Asked<R>, answer: Answer<Ref> & Partial<A>, receipt: Receipt | undefined) => Eventually<Body<R>>,
): Endpoint {
  return { kind: "command", route, run, render };
}
