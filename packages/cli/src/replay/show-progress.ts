import { grouped, timeText } from "../figures.ts";
import type { Output } from "../output.ts";
import type { OnProgress, Progress } from "./progress.ts";

/** Milliseconds between two drawings on a terminal, and between two lines elsewhere. */
const TERMINAL_STEP_MS = 100;
const LINE_STEP_MS = 10_000;
/** The rate is that of so many milliseconds. */
const WINDOW_MS = 5000;
const WIDTH = 30;

interface Mark {
  readonly at: number;
  readonly done: number;
}

/** Shows progress with its rate and the time left: as a bar on a terminal, elsewhere as a line every ten seconds. */
export class ReplayProgress {
  readonly #output: Output;
  readonly #now: () => number;
  #shownAt = -Infinity;
  #what: Progress["what"] | undefined;
  /** Where it stood some seconds ago, and since then. */
  #marks: Mark[] = [];

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
  }

  readonly show: OnProgress = ({ what, done, total }) => {
    const now = this.#now();
    if (what !== this.#what) this.#begin(what, { at: now, done: done - 1 });
    if (now - this.#shownAt < (this.#output.isTerminal ? TERMINAL_STEP_MS : LINE_STEP_MS)) return;
    this.#shownAt = now;
    this.#marks.push({ at: now, done });
    while (now - this.#marks[0]!.at > WINDOW_MS && this.#marks.length > 2) this.#marks.shift();
    const text = progressText({ what, done, total }, rateSince(this.#marks[0]!, { at: now, done }));
    if (this.#output.isTerminal) this.#output.progress(`${bar(done / total)} ${text}`);
    else this.#output.message(text);
  };

  end(): void {
    this.#output.endProgress();
  }

  #begin(what: Progress["what"], mark: Mark): void {
    this.#what = what;
    this.#marks = [mark];
    // A part that is over soon needs no line.
    this.#shownAt = this.#output.isTerminal ? -Infinity : mark.at;
  }
}

/** Things a second; undefined when it cannot be told yet. */
function rateSince(before: Mark, now: Mark): number | undefined {
  return now.at > before.at ? ((now.done - before.done) * 1000) / (now.at - before.at) : undefined;
}

function progressText({ what, done, total }: Progress, rate: number | undefined): string {
  const text = `${grouped(done)} of ${grouped(total)} ${what}`;
  if (rate === undefined || rate === 0) return text;
  return `${text}, ${grouped(Math.round(rate))} a second, ${timeText((total - done) / rate)} left`;
}

function bar(part: number): string {
  const filled = Math.round(Math.min(1, part) * WIDTH);
  return `[${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}] ${String(Math.floor(part * 100)).padStart(3)} %`;
}
