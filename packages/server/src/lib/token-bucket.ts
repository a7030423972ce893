/** How fast a bucket fills, and how much it holds. */
export interface Rate {
  readonly per_second: number;
  /** The capacity: what may be taken at once after a pause. */
  readonly burst: number;
}

/** A bucket of permits. It may be overdrawn by work that is already done, by its capacity at the most. */
export class TokenBucket {
  #permits: number;
  #filledAt: number;

  /** Full at first. `nowMs` in all methods is a monotonic time in milliseconds. */
  constructor(rate: Rate, nowMs: number) {
    this.#permits = rate.burst;
    this.#filledAt = nowMs;
  }

  /** Takes one permit; false, and nothing taken, when there is none. */
  take(rate: Rate, nowMs: number): boolean {
    this.#fill(rate, nowMs);
    if (this.#permits < 1) return false;
    this.#permits--;
    return true;
  }

  /** Takes what was used up, there or not; a negative number gives back. */
  charge(permits: number, rate: Rate, nowMs: number): void {
    this.#fill(rate, nowMs);
    this.#permits = Math.min(rate.burst, Math.max(-rate.burst, this.#permits - permits));
  }

  /** Whole permits there now. */
  remaining(rate: Rate, nowMs: number): number {
    this.#fill(rate, nowMs);
    return Math.max(0, Math.floor(this.#permits));
  }

  /** Seconds until so many permits are there; 0 when they are. */
  secondsUntil(permits: number, rate: Rate, nowMs: number): number {
    this.#fill(rate, nowMs);
    return Math.max(0, permits - this.#permits) / rate.per_second;
  }

  // The rate comes with each call: a tenant's limits may be changed while its buckets live.
  #fill(rate: Rate, nowMs: number): void {
    const passed = Math.max(0, nowMs - this.#filledAt) / 1000;
    this.#filledAt = nowMs;
    this.#permits = Math.min(rate.burst, this.#permits + passed * rate.per_second);
  }
}
