import { bar, DRAWING_STEP_MS } from "../bar.ts";
import { grouped, sizeText } from "../figures.ts";
import type { Output } from "../output.ts";
import { RateWindow, rateText } from "../rate-window.ts";
import type { ExportedSoFar } from "./meter.ts";

/** Shows on a terminal how far an export has come, with its rate and the time left: first by events, then by media. */
export class ExportProgress {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #window = new RateWindow();
  /** What is counted now; undefined before the first look. */
  #isMedia: boolean | undefined;
  #shownAt = -Infinity;

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
  }

  readonly show = (so: ExportedSoFar): void => {
    const now = this.#now();
    if (!this.#output.isTerminal || now - this.#shownAt < DRAWING_STEP_MS) return;
    this.#shownAt = now;
    const isMedia = so.events === so.eventsTotal && so.mediaTotal > 0;
    const [done, total] = isMedia ? [so.mediaBytes, so.mediaTotal] : [so.events, so.eventsTotal];
    if (isMedia !== this.#isMedia) this.#window.begin(now, done);
    this.#isMedia = isMedia;
    const rate = this.#window.mark(now, done);
    const figure = isMedia ? sizeText : grouped;
    const what = isMedia ? "media" : "events";
    const speed = rateText(rate, total - done, figure);
    this.#output.progress(
      `${bar(done, Math.max(1, total))} ${figure(done)} of ${figure(total)} ${what}, ${sizeText(so.bytes)}${speed}`,
    );
  };

  /** A repeat changes nothing. */
  end(): void {
    if (this.#shownAt !== -Infinity) this.#output.endProgress();
    this.#shownAt = -Infinity;
  }
}
