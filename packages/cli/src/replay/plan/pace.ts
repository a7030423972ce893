import type { Line } from "../conversation/line.ts";

/** How fast to play. `lines`: so many lines a second. `times`: so many times as fast as it was. */
export type Speed = { readonly kind: "max" } | { readonly kind: "lines" | "times"; readonly rate: number };

/** Reads `max`, `50` (lines a second) or `10x` (of real time); undefined when it is none of them. */
export function parseSpeed(text: string): Speed | undefined {
  if (text === "max") return { kind: "max" };
  const parts = /^([0-9]+(?:\.[0-9]+)?)(x?)$/.exec(text);
  const rate = Number(parts?.[1]);
  if (parts === null || rate === 0) return undefined;
  return { kind: parts[2] === "x" ? "times" : "lines", rate };
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * Milliseconds from the first line at which each line is due; undefined when nothing waits.
 *
 * Times are whole minutes: the lines of a minute are spread evenly over it, a line without a time belongs to the minute
 * before it, and a time that goes back stands still. Between two days nothing waits, for files hold chosen days.
 */
export function dueTimes(lines: readonly Line[], speed: Speed): Float64Array | undefined {
  if (speed.kind === "max") return undefined;
  if (speed.kind === "lines") return Float64Array.from(lines, (_, i) => (i * 1000) / speed.rate);
  const minutes = minutesOf(lines);
  const due = new Float64Array(lines.length);
  for (let start = 0; start < lines.length;) {
    let end = start;
    while (end < lines.length && minutes[end] === minutes[start]) end++;
    for (let i = start; i < end; i++) {
      due[i] = ((minutes[start]! + (i - start) / (end - start)) * MINUTE_MS) / speed.rate;
    }
    start = end;
  }
  return due;
}

/** The minute of each line, counted from the first one. */
function minutesOf(lines: readonly Line[]): Float64Array {
  const minutes = new Float64Array(lines.length);
  let passed = 0;
  let last: number | undefined;
  for (const [i, { minute }] of lines.entries()) {
    if (minute !== undefined) {
      if (last !== undefined && dayOf(minute) === dayOf(last)) passed += Math.max(0, minute - last);
      // The first minute of another day begins when the last of the day before is over.
      else if (last !== undefined) passed += 1;
      last = last !== undefined && dayOf(minute) === dayOf(last) ? Math.max(minute, last) : minute;
    }
    minutes[i] = passed;
  }
  return minutes;
}

function dayOf(minute: number): number {
  return Math.floor(minute / DAY_MINUTES);
}
