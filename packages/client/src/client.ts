import { bundles, type Route } from "@stairwell/protocol/api";
import { addressOf } from "./address.ts";
import { answerOf, refusalOf } from "./answer.ts";
import type { Answer, CallArguments, Caller, PlainCall } from "./call.ts";
import { type Download, downloadOf, type DownloadOf, type DownloadRoute, roomDownloadOf } from "./download.ts";
import { StairwellNetworkError } from "./errors.ts";
import { LINES_OR_JSON, ListenerFault, receive, type Received } from "./lines.ts";
import { pages, type PageOf, type RowOf } from "./pages.ts";
import { isRepeatable, pause, retryDelay } from "./retry.ts";
import { StairwellStream, type StreamOptions } from "./stream/stream.ts";
import { bodyOf, isRepeatableSource, streamsRequests, type UploadOf, type UploadRoute } from "./upload.ts";

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
export class StairwellClient implements Caller {
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

  /**
   * Sends a file, as media or as a bundle. Whatever its size it takes little memory; there is no bound to its time unless
   * `timeoutMs` is given. It is tried again as other calls are, where `file` is a `Blob`.
   */
  async upload<R extends UploadRoute>(route: R, upload: UploadOf<R>): Promise<Answer<R>> {
    const mayRepeat = isRepeatable(route.method, upload.idempotencyKey) && isRepeatableSource(upload);
    const answer = await this.#patiently(mayRepeat, upload, async () => {
      const over = new AbortController();
      try {
        const { headers, ...body } = await bodyOf(upload, over.signal);
        // Also for whoever does not listen: what is silent for long is cut off on its way.
        const accept = route.progress === undefined ? {} : { accept: LINES_OR_JSON };
        return await this.#exchange(route, upload, { ...body, headers: { ...headers, ...accept } }, upload.onWork);
      } finally {
        over.abort();
      }
    });
    if (!streamsRequests() && upload.file instanceof Blob) upload.onProgress?.(upload.file.size, upload.file.size);
    return answer as Answer<R>;
  }

  /** Begins to receive bytes; settles when they begin. `timeoutMs` is for that alone. */
  async download<R extends DownloadRoute>(route: R, download: DownloadOf<R>): Promise<Download> {
    const call: PlainCall = download;
    return this.#patiently(true, call, async () => downloadOf(await this.#begin(route, call), download.onProgress));
  }

  /** The live stream of the one whose token this is: `for await (const frame of client.stream())`. */
  stream(options: StreamOptions = {}): StairwellStream {
    return new StairwellStream(this, this.#baseUrl, options);
  }

  /** Begins to receive a room as a bundle. Its bytes are whole only when the body ends without an error. */
  async exportRoom(roomId: string, options: Omit<DownloadOf<typeof bundles.exportRoom>, "params"> = {}) {
    return roomDownloadOf(await this.download(bundles.exportRoom, { ...options, params: { room_id: roomId } }));
  }

  #request<R extends Route>(route: R, call: PlainCall): Promise<Answer<R>> {
    return this.#patiently(isRepeatable(route.method, call.idempotencyKey), call, async () => {
      const body = call.body === undefined ? null : JSON.stringify(call.body);
      const headers: PlainHeaders = call.body === undefined ? {} : { "content-type": "application/json" };
      const timeoutMs = call.timeoutMs ?? this.#timeoutMs;
      return (await this.#exchange(route, { ...call, timeoutMs }, { body, headers })) as Answer<R>;
    });
  }

  async #patiently<T>(mayRepeat: boolean, call: PlainCall, attempt: () => Promise<T>): Promise<T> {
    const retries = mayRepeat ? this.#maxRetries : 0;
    for (let tried = 0; ; tried++) {
      call.signal?.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        const delay = tried < retries ? retryDelay(error, tried) : undefined;
        if (delay === undefined) throw error;
        await pause(delay, call.signal);
      }
    }
  }

  /** Sends a request and reads its whole answer, all of it within the time. `StairwellApiError` for a refusal. */
  async #exchange(
    route: Route,
    call: PlainCall,
    request: Omit<RequestInit, "headers"> & { headers: PlainHeaders },
    onWork: (progress: never) => void = () => {},
  ): Promise<Answer<Route>> {
    const timeout = call.timeoutMs === undefined ? undefined : AbortSignal.timeout(call.timeoutMs);
    const signal = AbortSignal.any([call.signal, timeout].filter((each) => each !== undefined));
    const prepared = this.#prepared(route, call, { ...request, signal });
    let received: Received;
    try {
      received = await receive(await this.#fetch(prepared.address, prepared), onWork);
    } catch (error) {
      if (error instanceof ListenerFault) throw error.cause;
      call.signal?.throwIfAborted();
      throw new StairwellNetworkError(error, timeout?.aborted === true);
    }
    return answerOf(received.response, received.text);
  }

  /** Sends a request and waits for the head of its answer, which is no refusal. */
  async #begin(route: Route, call: PlainCall): Promise<Response> {
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), call.timeoutMs ?? this.#timeoutMs);
    const signal = AbortSignal.any([call.signal, waiting.signal].filter((each) => each !== undefined));
    const prepared = this.#prepared(route, call, { headers: { accept: "*/*" }, signal });
    let response: Response;
    let refusal: string | undefined;
    try {
      response = await this.#fetch(prepared.address, prepared);
      refusal = response.ok ? undefined : await response.text();
    } catch (error) {
      call.signal?.throwIfAborted();
      throw new StairwellNetworkError(error, waiting.signal.aborted);
    } finally {
      clearTimeout(timer);
    }
    if (refusal !== undefined) throw refusalOf(response, refusal);
    return response;
  }

  #prepared(
    route: Route,
    { params, query, idempotencyKey }: PlainCall,
    { headers, ...request }: Omit<RequestInit, "headers"> & { headers: PlainHeaders },
  ): RequestInit & { address: string } {
    const own: PlainHeaders = { accept: "application/json", ...headers };
    if (this.#token !== undefined) own["authorization"] = `Bearer ${this.#token}`;
    if (idempotencyKey !== undefined) own["idempotency-key"] = idempotencyKey;
    const address = addressOf(this.#baseUrl, route.path, params, query);
    return { ...request, address, method: route.method, headers: own, redirect: "error" };
  }
}

type PlainHeaders = Record<string, string>;
