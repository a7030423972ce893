import { DRAWING_STEP_MS } from "../bar.ts";
import { sizeText } from "../figures.ts";
import type { Output } from "../output.ts";
import { RateWindow, rateText } from "../rate-window.ts";

/** Shows on a terminal how much of a bundle was sent, with its rate and the time left; then that the server is at work. */
export class ImportProgress {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #window = new RateWindow();
  #hasBegun = false;
  /** Whether the server has all there is. */
  isSent = false;
  #shownAt = -Infinity;

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
  }

  readonly show = (sent: number, total: number | undefined): void => {
    const now = this.#now();
    if (!this.#hasBegun) this.#window.begin(now, 0);
    this.#hasBegun = true;
    const isWhole = sent === total;
    this.isSent = isWhole || total === undefined;
    if (!this.#output.isTerminal || (!isWhole && now - this.#shownAt < DRAWING_STEP_MS)) return;
    this.#shownAt = now;
    const left = total === undefined ? undefined : total - sent;
    const speed = rateText(this.#window.mark(now, sent), left, sizeText);
    if (isWhole) this.#output.progress(`${sizeText(sent)} sent; the server checks it and makes the room`);
    else this.#output.progress(`${sizeText(sent)}${total === undefined ? "" : ` of ${sizeText(total)}`} sent${speed}`);
  };

  /** A repeat changes nothing. */
  end(): void {
    if (this.#shownAt !== -Infinity) this.#output.endProgress();
    this.#shownAt = -Infinity;
  }
}
