import { sizeText, timeText } from "../figures.ts";
import type { Output } from "../output.ts";

/** Milliseconds between two drawings. */
const STEP_MS = 100;

/** Shows on a terminal how much of a bundle was sent, with its rate and the time left; then that the server is at work. */
export class ImportProgress {
  readonly #output: Output;
  readonly #now: () => number;
  #startedAt: number | undefined;
  #shownAt = -Infinity;

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
  }

  readonly show = (sent: number, total: number | undefined): void => {
    const now = this.#now();
    const startedAt = (this.#startedAt ??= now);
    const isWhole = sent === total;
    if (!this.#output.isTerminal || (!isWhole && now - this.#shownAt < STEP_MS)) return;
    this.#shownAt = now;
    const rate = now > startedAt ? (sent * 1000) / (now - startedAt) : 0;
    const speed = rate === 0 ? "" : `, ${sizeText(Math.round(rate))} a second`;
    const left = rate === 0 || total === undefined ? "" : `, ${timeText((total - sent) / rate)} left`;
    if (isWhole) this.#output.progress(`${sizeText(sent)} sent; the server checks it and makes the room`);
    else
      this.#output.progress(
        `${sizeText(sent)}${total === undefined ? "" : ` of ${sizeText(total)}`} sent${speed}${left}`,
      );
  };

  /** A repeat changes nothing. */
  end(): void {
    if (this.#shownAt !== -Infinity) this.#output.endProgress();
    this.#shownAt = -Infinity;
  }
}
