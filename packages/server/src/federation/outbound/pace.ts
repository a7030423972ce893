import type { Clock } from "../../lib/clock.ts";
import type { Timers } from "../../lib/timers.ts";
import { TokenBucket } from "../../lib/token-bucket.ts";

/** Requests to one server: within what it takes, so that it never has to say "not now". What comes meanwhile goes together. */
const RATE = { per_second: 150, burst: 500 };

/**
 * A part of a room's log costs both servers a signature, and as much again, however short it is: what is due is gathered for
 * a millisecond a part, within a bound, until parts are so long.
 */
const PART_MS = 1;
const MOST_MS = 40;
const LONG = 10;

/** When one server may be asked next, and when it is worth it. */
export class Pace {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #timers: Timers;
  readonly #bucket: TokenBucket;
  #endGathering: () => void = () => {};

  constructor({ clock, timers }: { readonly clock: Pick<Clock, "monotonic">; readonly timers: Timers }) {
    this.#clock = clock;
    this.#timers = timers;
    this.#bucket = new TokenBucket(RATE, clock.monotonic());
  }

  /** Waits until it may be asked, and counts it. */
  async keep(): Promise<void> {
    const seconds = this.#bucket.secondsUntil(1, RATE, this.#clock.monotonic());
    if (seconds > 0) await new Promise<void>((done) => void this.#timers.after(Math.ceil(seconds * 1000), done));
    this.#bucket.charge(1, RATE, this.#clock.monotonic());
  }

  /** After a request with so many parts of logs, of so many events in all: waits a little for more, or until `hurry`. */
  async gather(parts: number, events: number): Promise<void> {
    if (events >= parts * LONG) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#timers.after(Math.min(parts * PART_MS, MOST_MS), resolve);
    this.#endGathering = resolve;
    await promise;
    timer.cancel();
  }

  /** Somebody waits for what is to be asked. */
  hurry(): void {
    this.#endGathering();
  }
}
