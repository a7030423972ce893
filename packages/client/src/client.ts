import { parseJson } from "@stairwell/protocol";
import type { Route } from "@stairwell/protocol/api";
import { addressOf } from "./address.ts";
import type { Answer, CallArguments, PlainCall } from "./call.ts";
import { StairwellApiError, StairwellNetworkError } from "./errors.ts";
import { pages, type PageOf, type RowOf } from "./pages.ts";
import { isRepeatable, pause, retryAfterOf, retryDelay } from "./retry.ts";

const USUAL_TIMEOUT_MS = 30_000;
const USUAL_RETRIES = 2;

export interface ClientOptions {
  /** Where the server is, as `https://rooms.example`; a path before `/v1` is kept. */
  readonly baseUrl: string;
  /** An access token; left out for the calls that are open, and where a cookie signs in. */
  readonly token?: string | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Milliseconds for one attempt; 30,000 unless given. */
  readonly timeoutMs?: number | undefined;
  /** Attempts after the first; 2 unless given. */
  readonly maxRetries?: number | undefined;
}

/**
 * Calls a Stairwell server. GET, PUT, DELETE, and POST with an idempotency key, are tried again on 408, 429, 5xx and
 * network faults, after the time that the server asks for, up to a minute.
 */
export class StairwellClient {
  readonly #baseUrl: string;
  readonly #token: string | undefined;
  readonly #fetch: typeof globalThis.fetch;
  readonly #timeoutMs: number;
  readonly #maxRetries: number;

  constructor(options: ClientOptions) {
    this.#baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.#token = options.token;
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.#timeoutMs = options.timeoutMs ?? USUAL_TIMEOUT_MS;
    this.#maxRetries = options.maxRetries ?? USUAL_RETRIES;
  }

  /** Calls a route. `StairwellApiError` for a refusal, `StairwellNetworkError` when no answer came. */
  request<R extends Route>(route: R, ...args: CallArguments<R>): Promise<Answer<R>> {
    return this.#request(route, args[0] ?? {});
  }

  /** Walks a list page by page, from the call's cursor on, if it has one, to the end. */
  pages<R extends Route>(route: R, ...args: CallArguments<R>): AsyncGenerator<PageOf<R>, void, undefined> {
    return pages(route, args[0] ?? {}, (call) => this.#request(route, call));
  }

  /** Walks a list row by row. */
  async *rows<R extends Route>(route: R, ...args: CallArguments<R>): AsyncGenerator<RowOf<R>, void, undefined> {
    for await (const page of this.pages(route, ...args)) yield* page.data;
  }

  async #request<R extends Route>(route: R, call: PlainCall): Promise<Answer<R>> {
    const retries = isRepeatable(route.method, call.idempotencyKey) ? this.#maxRetries : 0;
    for (let attempt = 0; ; attempt++) {
      call.signal?.throwIfAborted();
      try {
        return (await this.#attempt(route, call)) as Answer<R>;
      } catch (error) {
        const delay = attempt < retries ? retryDelay(error, attempt) : undefined;
        if (delay === undefined) throw error;
        await pause(delay, call.signal);
      }
    }
  }

  async #attempt(route: Route, call: PlainCall): Promise<Answer<Route>> {
    const address = addressOf(this.#baseUrl, route.path, call.params, call.query);
    const timeout = AbortSignal.timeout(call.timeoutMs ?? this.#timeoutMs);
    const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]);
    const headers = this.#headersOf(call);
    const body = call.body === undefined ? null : JSON.stringify(call.body);
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(address, { method: route.method, headers, body, signal, redirect: "error" });
      text = await response.text();
    } catch (error) {
      call.signal?.throwIfAborted();
      throw new StairwellNetworkError(error, timeout.aborted);
    }
    return answerOf(response, parsed(text));
  }

  #headersOf(call: PlainCall): Record<string, string> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (this.#token !== undefined) headers["authorization"] = `Bearer ${this.#token}`;
    if (call.body !== undefined) headers["content-type"] = "application/json";
    if (call.idempotencyKey !== undefined) headers["idempotency-key"] = call.idempotencyKey;
    return headers;
  }
}

function answerOf(response: Response, body: unknown): Answer<Route> {
  const { status, headers } = response;
  const requestId = headers.get("x-request-id");
  if (!response.ok || typeof body !== "object" || body === null || !("data" in body)) {
    throw new StairwellApiError(status, body, requestId, retryAfterOf(headers.get("retry-after"), Date.now()));
  }
  const { data, meta } = body as { data: Answer<Route>["data"]; meta?: Answer<Route>["meta"] };
  return { data, meta: meta!, status, requestId, replayed: headers.get("idempotency-replayed") === "true" };
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
