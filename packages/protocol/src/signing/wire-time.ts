const WIRE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A time as it goes over the wire: RFC 3339, UTC, milliseconds. */
export function timeText(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

/** Unix milliseconds of a text in exactly that form; undefined for another. */
export function readTime(text: string): number | undefined {
  if (!WIRE_TIME.test(text)) return undefined;
  const unixMs = Date.parse(text);
  return Number.isNaN(unixMs) || timeText(unixMs) !== text ? undefined : unixMs;
}
