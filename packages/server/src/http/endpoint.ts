import type { DataOf, ProgressOf, RequestOf, Route } from "@stairwell/protocol/api";
import type { Actor } from "../auth/index.ts";
import type { Answer, Receipt } from "../receipts/index.ts";
import type { Conditions, Sendable } from "./bytes.ts";
import type { FormFile } from "./form.ts";

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
export type Endpoint = ReplyEndpoint | CommandEndpoint | UploadEndpoint | BytesEndpoint;

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

/** A POST that brings a file: `admit` says how much of one is taken, before any of it is; then as a command. */
export interface UploadEndpoint extends Omit<CommandEndpoint, "kind"> {
  kind: "upload";
  /** `announced` is the length of the whole body, where its sender says it. */
  admit: (asked: never, announced: number | undefined) => Eventually<Admission>;
}

/** How large the file may be, in bytes, and what a larger one is refused with. */
export interface Admission {
  readonly most: number;
  readonly tooLarge: "SW_CONTENT_TOO_LARGE" | "SW_BUNDLE_TOO_LARGE";
  /** The file is of use to this request alone: nothing waits for the disk to have it. */
  readonly isPassing?: boolean;
}

/** A GET that answers bytes. */
export interface BytesEndpoint {
  kind: "bytes";
  route: Route;
  send: (asked: never) => Promise<Sendable>;
}

/** A validated request with its file, which is discarded after the answer unless somebody took it away. */
export interface Uploaded<R extends Route> extends Asked<R> {
  file: FormFile;
  /** Tells whoever wants to hear it how far the call is; as often as it likes. */
  onProgress: (progress: ProgressOf<R>) => void;
}

export type { Conditions, Sendable } from "./bytes.ts";
export { select } from "./ranges.ts";

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

export function upload<R extends Route, Ref extends object, A extends Answer<Ref>>(
  route: R,
  admit: (asked: Omit<Asked<R>, "form">, announced: number | undefined) => Eventually<Admission>,
  run: (asked: Uploaded<R>, receipt: Receipt | undefined) => Eventually<A>,
  render: (asked: Uploaded<R>, answer: Answer<Ref> & Partial<A>, receipt: Receipt | undefined) => Eventually<Body<R>>,
): Endpoint {
  return { kind: "upload", route, admit, run, render };
}

export function bytes<R extends Route>(
  route: R,
  send: (asked: Asked<R> & { conditions: Conditions }) => Promise<Sendable>,
): Endpoint {
  return { kind: "bytes", route, send };
}
