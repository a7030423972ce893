/** Whoever moves less than this in such a time holds a place that others wait for. */
export const LEAST_PACE = { bytes: 64 * 1024, ms: 60_000 } as const;

/** Whether bytes come fast enough. */
export class LeastPace {
  readonly #monotonic: () => number;
  #passed = 0;
  #mark: { at: number; passed: number };

  /** `monotonic`: milliseconds of a clock that only goes forward. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#mark = { at: monotonic(), passed: 0 };
  }

  passed(bytes: number): void {
    this.#passed += bytes;
  }

  /** Whether too little passed in the last minute that is over. Asked more often than once a minute. */
  get isTooSlow(): boolean {
    const now = this.#monotonic();
    const { at, passed } = this.#mark;
    if (now - at < LEAST_PACE.ms) return false;
    this.#mark = { at: now, passed: this.#passed };
    return this.#passed - passed < LEAST_PACE.bytes;
  }
}
