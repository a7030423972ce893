import { stream as routes } from "@stairwell/protocol/api";
import { CLOSE, type ClientFrame, isStreamEvent, type ServerFrame } from "@stairwell/protocol/stream";
import { addressOf } from "../address.ts";
import type { Caller } from "../call.ts";
import { StairwellApiError, StairwellNetworkError, StairwellStreamError } from "../errors.ts";
import { pause, retryDelay } from "../retry.ts";
import { type Ended, Socket, type WebSocketMaker } from "./socket.ts";

/** Frames that wait for whoever reads them slowly; beyond that the connection is let go of until they were read. */
const MOST_WAITING = 2000;
/** Milliseconds for which a connection must last for the pauses to begin anew where nothing came of it. */
const LASTING_MS = 10_000;

/** Why a connection is not there, and when the next one is tried. */
export interface Pause {
  /** Milliseconds. */
  readonly delayMs: number;
  /** What the server closed with, or what the call for a ticket, or the address, met with. */
  readonly cause: Ended | StairwellApiError | StairwellNetworkError;
}

export interface StreamOptions {
  /** The cursor of the last frame that was made use of; from now on unless given. */
  readonly since?: string | undefined;
  /** Ends it; whoever reads it is then given the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told each time that a connection is not there and another one will be tried. */
  readonly onPause?: ((pause: Pause) => void) | undefined;
  /** Milliseconds without a word after which the server is asked whether it is there; what it says itself unless given. */
  readonly silenceMs?: number | undefined;
  /** Makes connections; the platform's unless given. */
  readonly webSocket?: WebSocketMaker | undefined;
}

/**
 * The live stream, for one who reads it: every event that is due, once and in order, over however many connections it
 * takes. A connection that ends is followed by another one after a pause, at random and longer after each failure, which
 * begins where the last frame was received. It begins when it is first read, and ends with `break`, its signal, or an error:
 * `StairwellStreamError` when the credential ends, `StairwellApiError` for a refusal that would not pass.
 */
export class StairwellStream implements AsyncIterable<ServerFrame> {
  readonly #caller: Caller;
  readonly #baseUrl: string;
  readonly #options: StreamOptions;
  readonly #waiting: ServerFrame[] = [];
  /** Of what was received, and of what was read. */
  #received: string | undefined;
  #cursor: string | undefined;
  #socket: Socket | undefined;
  #wake = (): void => {};
  /** Settles when nothing waits any more. */
  #read = Promise.withResolvers<void>();
  #isRead = false;

  constructor(caller: Caller, baseUrl: string, options: StreamOptions) {
    this.#caller = caller;
    this.#baseUrl = baseUrl;
    this.#options = options;
    this.#received = this.#cursor = options.since;
  }

  /** Where to go on another time: after the last frame that was read. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  /**
   * Says something, where there is a connection; false where there is none, and then it is not kept: what must arrive is a
   * call. Answers come as frames with its `ref`.
   */
  say(frame: ClientFrame): boolean {
    if (this.#socket?.isOpen !== true) return false;
    this.#socket.say(frame);
    return true;
  }

  /** Reads it. By one reader at a time; another one goes on where the last one stopped. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ServerFrame, void, undefined> {
    if (this.#isRead) throw new Error("a stream has one reader at a time");
    this.#isRead = true;
    const over = new AbortController();
    const signal =
      this.#options.signal === undefined ? over.signal : AbortSignal.any([this.#options.signal, over.signal]);
    let fault: { error: unknown } | undefined;
    const keeping = this.#keepConnected(signal).catch((error: unknown) => {
      fault = { error };
      this.#wake();
    });
    try {
      for (;;) {
        const frame = this.#waiting.shift();
        if (frame !== undefined) {
          this.#cursor = cursorIn(frame) ?? this.#cursor;
          yield frame;
        } else if (fault !== undefined) throw fault.error;
        else {
          const { promise, resolve } = Promise.withResolvers<void>();
          this.#wake = resolve;
          this.#read.resolve();
          await promise;
        }
      }
    } finally {
      over.abort();
      this.#read.resolve();
      await keeping;
      // What was not read comes again.
      this.#waiting.length = 0;
      this.#received = this.#cursor;
      this.#isRead = false;
    }
  }

  /** Connects again and again, until the signal fires or something ends it for good. */
  async #keepConnected(signal: AbortSignal): Promise<never> {
    for (let failures = 0; ; failures++) {
      const { cause, hasLasted } = await this.#connection(signal);
      if (hasLasted) failures = 0;
      const delayMs = delayAfter(cause, failures);
      this.#options.onPause?.({ delayMs, cause });
      await pause(delayMs, signal);
      if (this.#waiting.length > 0) await this.#read.promise;
    }
  }

  /** One connection, from its ticket to its end. */
  async #connection(signal: AbortSignal): Promise<{ cause: Pause["cause"]; hasLasted: boolean }> {
    signal.throwIfAborted();
    const started = performance.now();
    const address = await this.#address(signal).catch(passing);
    if (typeof address !== "string") return { cause: address, hasLasted: false };
    let [isGreeted, hasEvent] = [false, false];
    const socket = new Socket(address, {
      webSocket: this.#options.webSocket ?? globalThis.WebSocket,
      silenceMs: this.#options.silenceMs,
      onFrame: (frame) => {
        isGreeted = true;
        hasEvent ||= isStreamEvent(frame);
        this.#hear(frame);
      },
    });
    const stop = (): void => socket.cut();
    signal.addEventListener("abort", stop, { once: true });
    this.#socket = socket;
    const ended = await socket.ended;
    this.#socket = undefined;
    signal.removeEventListener("abort", stop);
    signal.throwIfAborted();
    if (ended.code === CLOSE.credential) throw new StairwellStreamError(ended.code, ended.reason);
    return { cause: ended, hasLasted: hasEvent || (isGreeted && performance.now() - started > LASTING_MS) };
  }

  async #address(signal: AbortSignal): Promise<string> {
    const { data } = await this.#caller.request(routes.createStreamTicket, { signal });
    const address = addressOf(this.#baseUrl, "/v1/stream", undefined, { ticket: data.ticket, since: this.#received });
    return address.replace(/^http/, "ws");
  }

  #hear(frame: ServerFrame): void {
    this.#received = cursorIn(frame) ?? this.#received;
    if (this.#waiting.length === 0) this.#read = Promise.withResolvers();
    this.#waiting.push(frame);
    if (this.#waiting.length >= MOST_WAITING) this.#socket?.cut();
    this.#wake();
  }
}

function cursorIn(frame: ServerFrame): string | undefined {
  return "cursor" in frame ? frame.cursor : undefined;
}

/** What is worth another attempt; throws all else. */
function passing(error: unknown): StairwellApiError | StairwellNetworkError {
  if (error instanceof StairwellNetworkError) return error;
  if (error instanceof StairwellApiError && retryDelay(error, 0) !== undefined) return error;
  throw error;
}

function delayAfter(cause: Pause["cause"], failures: number): number {
  const error = cause instanceof Error ? cause : new StairwellNetworkError(undefined, false);
  return retryDelay(error, failures)!;
}
