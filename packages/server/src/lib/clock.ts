/** The one place that reads the time. Tests hand in their own. */
export interface Clock {
  /** Unix milliseconds; may jump with the system's clock. */
  now(): number;
  /** Milliseconds since some start; never jumps. For durations and deadlines. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** RFC 3339, UTC, milliseconds: how times go over the wire. */
export function wireTime(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

export function wireTimeOrNull(unixMs: number | null): string | null {
  return unixMs === null ? null : wireTime(unixMs);
}
