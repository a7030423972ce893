import type { DataOf, MetaOf, RequestOf, Route } from "@stairwell/protocol/api";

/** A part of a request: absent where the call has none, optional where it need not be given. */
export type Part<Name extends string, Shape> = [Shape] extends [undefined]
  ? { readonly [K in Name]?: undefined }
  : {} extends Shape
    ? { readonly [K in Name]?: Shape }
    : { readonly [K in Name]: Shape };

type BodyOf<R extends Route> = R["bodyOptional"] extends true ? RequestOf<R>["body"] | undefined : RequestOf<R>["body"];

export interface CallOptions {
  /** Makes a POST safe to repeat: the server answers a repeat as it answered the first (AP6). */
  readonly idempotencyKey?: string | undefined;
  /** Ends the call, its retries included; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for one attempt, instead of the client's. */
  readonly timeoutMs?: number | undefined;
}

/** What a call of a route takes. */
export type CallOf<R extends Route> = Part<"params", RequestOf<R>["params"]> &
  Part<"query", RequestOf<R>["query"]> &
  (undefined extends BodyOf<R> ? { readonly body?: BodyOf<R> } : Part<"body", BodyOf<R>>) &
  CallOptions;

/** The arguments after the route: none are needed where the call takes nothing. */
export type CallArguments<R extends Route> = {} extends CallOf<R> ? [call?: CallOf<R>] : [call: CallOf<R>];

export interface Answer<R extends Route> {
  readonly data: DataOf<R>;
  readonly meta: MetaOf<R>;
  readonly status: number;
  /** What the server's log calls this request; null when a proxy dropped it. */
  readonly requestId: string | null;
  /** Whether the server answered a repeat of an earlier request with the same key. */
  readonly replayed: boolean;
}

/** What calls routes; `StairwellClient` does. */
export interface Caller {
  /** `StairwellApiError` for a refusal, `StairwellNetworkError` when no answer came. */
  request<R extends Route>(route: R, ...args: CallArguments<R>): Promise<Answer<R>>;
}

/** A call without its types, as the transport sees it. */
export interface PlainCall extends CallOptions {
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
}
