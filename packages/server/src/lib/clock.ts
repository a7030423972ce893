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
  // The times of one page lie close together: mostly only seconds are new.
  const start = Math.floor(unixMs / MINUTE_MS) * MINUTE_MS;
  if (start !== minute.start) minute = { start, text: new Date(start).toISOString().slice(0, -"00.000Z".length) };
  const inMinute = unixMs - start;
  const seconds = Math.floor(inMinute / 1000);
  return `${minute.text}${digits(seconds, 2)}.${digits(inMinute % 1000, 3)}Z`;
}

const MINUTE_MS = 60_000;
let minute = { start: NaN, text: "" };

function digits(number: number, count: number): string {
  return String(number).padStart(count, "0");
}

export function wireTimeOrNull(unixMs: number | null): string | null {
  return unixMs === null ? null : wireTime(unixMs);
}
