import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { LEAST_PACE } from "../lib/least-pace.ts";

/** Milliseconds between two looks at whoever is being sent bytes. */
const LOOK_EVERY_MS = 1000;

interface Reader {
  readonly socket: Socket;
  readonly cut: () => void;
  /** Whether anything waited for them at the last look. */
  wasAwaited: boolean;
  /** Milliseconds for which something has waited since the mark. */
  awaitedMs: number;
  /** What they had taken at the mark. */
  takenAtMark: number;
}

/**
 * Cuts off whoever takes less than 64 KiB in a minute: an answer of bytes holds a file, and sometimes a place, for as long as
 * it is read. Only time counts in which bytes lie ready for them: where the store is slow, it is not their fault.
 */
export class ReadingPace {
  readonly #readers = new Map<ServerResponse, Reader>();
  readonly #monotonic: () => number;
  readonly #timer: NodeJS.Timeout;
  #lookedAt: number;

  /** `monotonic`: milliseconds of a clock that only goes forward. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#lookedAt = monotonic();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** `onCut` is told before the connection of a slow reader is ended. */
  begin(response: ServerResponse, onCut: () => void): void {
    const { socket } = response.req;
    const cut = (): void => {
      onCut();
      response.destroy();
    };
    const reader = { socket, cut, wasAwaited: false, awaitedMs: 0, takenAtMark: takenBy(socket) };
    this.#readers.set(response, reader);
    response.once("close", () => this.#readers.delete(response));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = this.#monotonic();
    const elapsed = now - this.#lookedAt;
    this.#lookedAt = now;
    for (const [response, reader] of this.#readers) {
      // Who had gone before it began, or before its turn came, is told of by nobody.
      if (reader.socket.destroyed) {
        this.#readers.delete(response);
        continue;
      }
      if (reader.wasAwaited) reader.awaitedMs += elapsed;
      // An answer has its connection once those to what was asked before on it are through.
      reader.wasAwaited = response.socket !== null && response.writableLength > 0;
      if (!reader.wasAwaited || reader.awaitedMs < LEAST_PACE.ms) continue;
      const taken = takenBy(reader.socket);
      if (taken - reader.takenAtMark < LEAST_PACE.bytes) reader.cut();
      else Object.assign(reader, { awaitedMs: 0, takenAtMark: taken });
    }
  }
}

/** Bytes that the system took for them: of what it was given, that is not what still waits here. */
function takenBy(socket: Socket): number {
  return socket.bytesWritten - socket.writableLength;
}
