import { setImmediate, setTimeout } from "node:timers/promises";
import { type Clock, systemClock } from "./clock.ts";

/** Milliseconds of work at a time: where others come and go, and, grown from there, where nobody does. */
const LEAST_MS = 1;
const MOST_MS = 8;
/** What two turns of the loop take in which others are served, at the least: a request is read, and its commit synced. */
const SERVED_MS = 0.3;
/** So long nobody came: the next portion is twice as large. */
const ALONE_MS = 200;

/** How time goes by, so that a test need not wait for it. */
export interface Passing {
  readonly clock: Pick<Clock, "monotonic">;
  /** Lets what came meanwhile be read, and what was read be committed. */
  readonly serve: () => Promise<void>;
  readonly wait: (milliseconds: number) => Promise<void>;
}

const passing: Passing = {
  clock: systemClock,
  async serve() {
    await setImmediate();
    await setImmediate();
  },
  wait: (milliseconds) => setTimeout(milliseconds),
};

/**
 * The manners of somebody with much to do on the thread on which all others are served: works for a moment, lets them
 * through, and where somebody came stays away for as long as it has worked. Where nobody comes it works for longer at a time.
 */
export class Manners {
  readonly #passing: Passing;
  #portionMs = LEAST_MS;
  #came: number;

  constructor(how: Passing = passing) {
    this.#passing = how;
    this.#came = how.clock.monotonic();
  }

  /** Milliseconds that may be worked at one time. */
  get portionMs(): number {
    return this.#portionMs;
  }

  /** Lets the others through, after so many milliseconds of work. */
  async giveWay(workedMs: number): Promise<void> {
    const { clock, serve, wait } = this.#passing;
    const left = clock.monotonic();
    await serve();
    const now = clock.monotonic();
    if (now - left >= SERVED_MS) {
      this.#came = now;
      this.#portionMs = LEAST_MS;
      await wait(workedMs);
    } else if (now - this.#came >= ALONE_MS) {
      this.#portionMs = Math.min(2 * this.#portionMs, MOST_MS);
    }
  }
}
