import type { Clock } from "@stairwell/server/testing";

/** A clock that moves when it is told to. */
export class TestClock implements Clock {
  #now: number;
  readonly #start: number;

  constructor(start = Date.UTC(2026, 0, 2, 3, 4, 5)) {
    this.#now = start;
    this.#start = start;
  }

  readonly now = (): number => this.#now;
  readonly monotonic = (): number => this.#now - this.#start;

  /** Moves forward by milliseconds. */
  advance(ms: number): void {
    this.#now += ms;
  }
}
