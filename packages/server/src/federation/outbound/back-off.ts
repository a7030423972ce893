import { randomFraction } from "../../lib/random.ts";

/** How long somebody who cannot be reached, or does not take something, is left alone: at first and at the most. */
const FIRST_MS = 1000;
const MOST_MS = 3_600_000;

/**
 * Whole milliseconds to wait after so many failures in a row: twice as long each time, with jitter, within an hour (FD16); at
 * least what was asked for, within the hour too. `random`: from 0 to 1.
 */
export function waitAfter(failures: number, { askedForMs = 0, random = randomFraction } = {}): number {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** (Math.max(1, failures) - 1));
  const wait = Math.round(most / 2 + random() * (most / 2));
  return Math.min(MOST_MS, Math.max(wait, Number.isFinite(askedForMs) ? askedForMs : 0));
}

/** When another server is asked again after failures in a row. */
export class BackOff {
  readonly #random: () => number;
  #failures = 0;

  /** `random`: from 0 to 1. */
  constructor(random: () => number = randomFraction) {
    this.#random = random;
  }

  /** Milliseconds to wait after one more failure; at least what the server asked for. */
  failed(askedForMs = 0): number {
    return waitAfter(++this.#failures, { askedForMs, random: this.#random });
  }

  succeeded(): void {
    this.#failures = 0;
  }

  get isFailing(): boolean {
    return this.#failures > 0;
  }
}
