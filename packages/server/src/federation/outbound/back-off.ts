import { randomFraction } from "../../lib/random.ts";

/** How long a server that cannot be reached is left alone, at first and at the most. */
const FIRST_MS = 1000;
const MOST_MS = 3_600_000;

/** When another server is asked again after failures in a row: twice as late each time, with jitter, within an hour (FD16). */
export class BackOff {
  readonly #random: () => number;
  #failures = 0;

  /** `random`: from 0 to 1. */
  constructor(random: () => number = randomFraction) {
    this.#random = random;
  }

  /** Milliseconds to wait after one more failure; at least what the server asked for, within the hour. */
  failed(askedForMs = 0): number {
    const most = Math.min(MOST_MS, FIRST_MS * 2 ** this.#failures++);
    const wait = most / 2 + this.#random() * (most / 2);
    return Math.min(MOST_MS, Math.max(wait, Number.isFinite(askedForMs) ? askedForMs : 0));
  }

  succeeded(): void {
    this.#failures = 0;
  }

  get isFailing(): boolean {
    return this.#failures > 0;
  }
}
