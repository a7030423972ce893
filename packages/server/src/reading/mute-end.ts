import { invalid } from "@stairwell/protocol";
import type { reading, RequestOf } from "@stairwell/protocol/api";
import { LAST_TIME, parseTime } from "../lib/rfc3339.ts";

/** When a mute ends: Unix milliseconds, null for no mute. `SW_REQUEST_INVALID` for a time that is not in the future. */
export function muteEnd(
  { muted_until: until, duration_seconds: seconds }: RequestOf<typeof reading.setMute>["body"],
  now: number,
): number | null {
  if ((until === undefined) === (seconds === undefined)) {
    throw invalid("", "must have one of muted_until and duration_seconds");
  }
  if (seconds !== undefined) return now + seconds * 1000;
  if (until === null || until === "forever") return until === null ? null : LAST_TIME;
  const at = parseTime(until!);
  if (at === undefined) {
    throw invalid("/muted_until", 'must be an RFC 3339 time, as 2026-01-02T03:04:05.678Z, "forever" or null');
  }
  if (at <= now) throw invalid("/muted_until", "must be in the future");
  return at;
}
