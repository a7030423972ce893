import type { Duplex } from "node:stream";
import { STREAM } from "@stairwell/protocol/stream";

/**
 * Writes frames to sockets. What is due to a socket in one turn of the event loop leaves in one write: ten times the
 * deliveries of a write a frame. Whoever is answered comes first: a sender does not wait for a large room's thousand
 * writes, and what they send next is there when those are done.
 */
export class Outlets {
  readonly #answered = new Set<Outlet>();
  readonly #due = new Set<Outlet>();
  #isScheduled = false;

  open(socket: Duplex, onTooSlow: () => void): Outlet {
    return new Outlet(socket, onTooSlow, (outlet, isAnswer) => this.#schedule(outlet, isAnswer));
  }

  #schedule(outlet: Outlet, isAnswer: boolean): void {
    (isAnswer ? this.#answered : this.#due).add(outlet);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const outlets = [...this.#answered, ...this.#due];
      this.#answered.clear();
      this.#due.clear();
      // Members of one room are mostly due the same frames: those are joined once.
      let last: Joined | undefined;
      for (const outlet of outlets) last = outlet.flush(last);
    });
  }
}

interface Joined {
  readonly frames: readonly Buffer[];
  readonly bytes: Buffer;
}

/** So much is handed to the socket at once: what the network takes in the same turn does not wait. */
const FLUSH_BYTES = 64 * 1024;

/** One socket's way out. */
export class Outlet {
  readonly #socket: Duplex;
  readonly #onTooSlow: () => void;
  readonly #schedule: (outlet: Outlet, isAnswer: boolean) => void;
  #frames: Buffer[] = [];
  #waiting = 0;
  #isClosed = false;

  constructor(socket: Duplex, onTooSlow: () => void, schedule: (outlet: Outlet, isAnswer: boolean) => void) {
    this.#socket = socket;
    this.#onTooSlow = onTooSlow;
    this.#schedule = schedule;
  }

  /** Bytes that this socket has not taken yet. */
  get size(): number {
    return this.#waiting + this.#socket.writableLength;
  }

  /** Queues a frame. A reader for whom more than 1 MiB waits is given up (ST7): its cursor brings it back. */
  push(frame: Buffer, isAnswer = false): void {
    if (this.#isClosed) return;
    if (this.#frames.push(frame) === 1 || isAnswer) this.#schedule(this, isAnswer);
    this.#waiting += frame.length;
    if (this.#waiting >= FLUSH_BYTES) this.flush();
    if (this.size <= STREAM.bufferBytes) return;
    this.close();
    this.#onTooSlow();
  }

  /** Writes what is due; answers the bytes joined, which the next outlet may share. */
  flush(last?: Joined): Joined | undefined {
    if (this.#isClosed || this.#frames.length === 0) return last;
    const frames = this.#frames;
    this.#frames = [];
    this.#waiting = 0;
    if (!this.#socket.writable) return last;
    const joined = last !== undefined && isSame(frames, last.frames) ? last : { frames, bytes: joinedBytes(frames) };
    this.#socket.write(joined.bytes);
    return joined;
  }

  /** Drops what waits and takes nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#frames = [];
  }
}

function isSame(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  return a.length === b.length && a.every((frame, i) => frame === b[i]);
}

function joinedBytes(frames: readonly Buffer[]): Buffer {
  return frames.length === 1 ? frames[0]! : Buffer.concat(frames);
}
