import { timeText } from "./figures.ts";

/** The rate is that of so many milliseconds. */
const WINDOW_MS = 5000;

interface Mark {
  readonly at: number;
  readonly done: number;
}

/** How fast something goes of late: the rate of the last five seconds, not of the whole time. */
export class RateWindow {
  #marks: Mark[] = [];

  /** Begins anew, by a clock's milliseconds; `done` is what stood then. */
  begin(at: number, done: number): void {
    this.#marks = [{ at, done }];
  }

  /** Notes how far it is; answers things a second, 0 while that cannot be told. */
  mark(at: number, done: number): number {
    this.#marks.push({ at, done });
    while (at - this.#marks[0]!.at > WINDOW_MS && this.#marks.length > 2) this.#marks.shift();
    const before = this.#marks[0]!;
    return at > before.at ? ((done - before.done) * 1000) / (at - before.at) : 0;
  }
}

/** `, 2,000 a second, 0:06 left`, and nothing while there is no rate; `left` is undefined where nobody knows. */
export function rateText(rate: number, left: number | undefined, figure: (count: number) => string): string {
  if (rate === 0) return "";
  const speed = `, ${figure(Math.round(rate))} a second`;
  return left === undefined ? speed : `${speed}, ${timeText(left / rate)} left`;
}
