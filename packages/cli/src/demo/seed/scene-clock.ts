/** A clock for the server that a past is played into: it stands where the scene is. */
export class SceneClock {
  readonly #present: number;
  #now: number;

  /** Stands at the first scene, so many minutes before the present (Unix milliseconds). */
  constructor(present: number, minutesAgo: number) {
    this.#present = present;
    this.#now = present - minutesAgo * 60_000;
  }

  /** Moves to so many minutes before the present; forward, by a second at least. */
  moveTo(minutesAgo: number): void {
    this.#now = Math.max(this.#now + 1000, this.#present - Math.round(minutesAgo * 60_000));
  }

  /** Whole milliseconds. */
  readonly now = (): number => this.#now;
  readonly monotonic = (): number => performance.now();
}
