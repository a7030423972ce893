import type { Output } from "./output.ts";

/** Nothing is shown of what ends within this time, in milliseconds. */
const QUIET_MS = 1000;
/** Milliseconds between two drawings. */
const STEP_MS = 100;
const WIDTH = 30;

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
    if (now - this.#started < QUIET_MS || now - this.#drawn < STEP_MS) return;
    this.#drawn = now;
    const part = total === 0 ? 1 : Math.min(1, done / total);
    const filled = Math.round(part * WIDTH);
    this.#output.progress(
      `[${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}] ${String(Math.floor(part * 100)).padStart(3)} %  ${done} of ${total} ${what}`,
    );
  }

  end(): void {
    if (this.#drawn !== -Infinity) this.#output.endProgress();
  }
}
