import { bar, DRAWING_STEP_MS, LINE_STEP_MS } from "./bar.ts";
import { grouped, sizeText } from "./figures.ts";
import type { Output } from "./output.ts";
import { RateWindow, rateText } from "./rate-window.ts";

/** How far which part of something long has come. */
export interface Step {
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** Shows progress with its rate and the time left: as a bar on a terminal, elsewhere as a line every ten seconds. */
export class StepProgress<S extends Step = Step> {
  readonly #output: Output;
  readonly #figure: (count: number) => string;
  readonly #now: () => number;
  readonly #window = new RateWindow();
  #shownAt = -Infinity;
  #what: string | undefined;

  /** Of things that are counted, or of bytes. */
  constructor(output: Output, unit: "things" | "bytes" = "things", now: () => number = () => performance.now()) {
    this.#output = output;
    this.#figure = unit === "bytes" ? sizeText : grouped;
    this.#now = now;
  }

  readonly show = ({ what, done, total }: S): void => {
    const now = this.#now();
    // The rate of things counts from before the first of them.
    if (what !== this.#what) this.#begin(what, now, this.#figure === grouped ? done - 1 : done);
    if (now - this.#shownAt < (this.#output.isTerminal ? DRAWING_STEP_MS : LINE_STEP_MS)) return;
    this.#shownAt = now;
    const figure = this.#figure;
    const speed = rateText(this.#window.mark(now, done), total - done, figure);
    const text = `${figure(done)} of ${figure(total)} ${what}${speed}`;
    if (this.#output.isTerminal) this.#output.progress(`${bar(done, total)} ${text}`);
    else this.#output.message(text);
  };

  /** A repeat changes nothing. */
  end(): void {
    this.#output.endProgress();
  }

  #begin(what: string, at: number, done: number): void {
    this.#what = what;
    this.#window.begin(at, done);
    // A part that is over soon needs no line.
    this.#shownAt = this.#output.isTerminal ? -Infinity : at;
  }
}
