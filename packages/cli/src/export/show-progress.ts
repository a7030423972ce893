import { grouped, sizeText, timeText } from "../figures.ts";
import type { Output } from "../output.ts";
import type { ExportedSoFar } from "./meter.ts";

/** Milliseconds between two drawings. */
const STEP_MS = 100;
/** The rate is that of so many milliseconds. */
const WINDOW_MS = 5000;
const WIDTH = 30;

interface Mark {
  readonly at: number;
  readonly done: number;
}

/** Shows on a terminal how far an export has come, with its rate and the time left: first by events, then by media. */
export class ExportProgress {
  readonly #output: Output;
  readonly #now: () => number;
  #marks: Mark[] = [];
  #isMedia = false;
  #shownAt = -Infinity;

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
  }

  readonly show = (so: ExportedSoFar): void => {
    const now = this.#now();
    if (!this.#output.isTerminal || now - this.#shownAt < STEP_MS) return;
    this.#shownAt = now;
    const isMedia = so.events === so.eventsTotal && so.mediaTotal > 0;
    const [done, total] = isMedia ? [so.mediaBytes, so.mediaTotal] : [so.events, so.eventsTotal];
    if (isMedia !== this.#isMedia) this.#marks = [];
    this.#isMedia = isMedia;
    this.#marks.push({ at: now, done });
    while (now - this.#marks[0]!.at > WINDOW_MS && this.#marks.length > 2) this.#marks.shift();
    const rate = rateSince(this.#marks[0]!, { at: now, done });
    const figure = isMedia ? sizeText : grouped;
    const what = isMedia ? "media" : "events";
    const speed = rate === 0 ? "" : `, ${figure(Math.round(rate))} a second, ${timeText((total - done) / rate)} left`;
    this.#output.progress(
      `${bar(done / Math.max(1, total))} ${figure(done)} of ${figure(total)} ${what}, ${sizeText(so.bytes)}${speed}`,
    );
  };

  /** A repeat changes nothing. */
  end(): void {
    if (this.#shownAt !== -Infinity) this.#output.endProgress();
    this.#shownAt = -Infinity;
  }
}

function rateSince(before: Mark, now: Mark): number {
  return now.at > before.at ? ((now.done - before.done) * 1000) / (now.at - before.at) : 0;
}

function bar(part: number): string {
  const filled = Math.round(Math.min(1, part) * WIDTH);
  return `[${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}] ${String(Math.floor(part * 100)).padStart(3)} %`;
}
