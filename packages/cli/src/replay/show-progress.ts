import { bar, DRAWING_STEP_MS } from "../bar.ts";
import { grouped } from "../figures.ts";
import type { Output } from "../output.ts";
import { RateWindow, rateText } from "../rate-window.ts";
import type { OnProgress, Progress } from "./progress.ts";

/** Milliseconds between two lines where there is no terminal. */
const LINE_STEP_MS = 10_000;

/** Shows progress with its rate and the time left: as a bar on a terminal, elsewhere as a line every ten seconds. */
export class ReplayProgress {
  readonly #output: Output;
  readonly #now: () => number;
  #shownAt = -Infinity;
  #what: Progress["what"] | undefined;
  readonly #window = new RateWindow();

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
  }

  readonly show: OnProgress = ({ what, done, total }) => {
    const now = this.#now();
    if (what !== this.#what) this.#begin(what, now, done - 1);
    if (now - this.#shownAt < (this.#output.isTerminal ? DRAWING_STEP_MS : LINE_STEP_MS)) return;
    this.#shownAt = now;
    const speed = rateText(this.#window.mark(now, done), total - done, grouped);
    const text = `${grouped(done)} of ${grouped(total)} ${what}${speed}`;
    if (this.#output.isTerminal) this.#output.progress(`${bar(done, total)} ${text}`);
    else this.#output.message(text);
  };

  end(): void {
    this.#output.endProgress();
  }

  #begin(what: Progress["what"], at: number, done: number): void {
    this.#what = what;
    this.#window.begin(at, done);
    // A part that is over soon needs no line.
    this.#shownAt = this.#output.isTerminal ? -Infinity : at;
  }
}
