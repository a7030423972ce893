import { bar, DRAWING_STEP_MS } from "./bar.ts";
import type { Output } from "./output.ts";

/** Nothing is shown of what ends within this time, in milliseconds. */
const QUIET_MS = 1000;

/** A bar for what takes longer than a second, on a terminal. */
export class ProgressBar {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #started: number;
  #drawn = -Infinity;

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#started = now();
  }

  show(done: number, total: number, what: string): void {
    const now = this.#now();
    if (now - this.#started < QUIET_MS || now - this.#drawn < DRAWING_STEP_MS) return;
    this.#drawn = now;
    this.#output.progress(`${bar(done, total)}  ${done} of ${total} ${what}`);
  }

  end(): void {
    if (this.#drawn !== -Infinity) this.#output.endProgress();
  }
}
