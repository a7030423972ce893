/** Hours are 00 to 23: the platform's parser takes 24:00 for the next day. */
const HOUR = "(?:[01]\\d|2[0-3])";
const RFC3339 = new RegExp(
  String.raw`^(\d{4})-(\d\d)-(\d\d)T${HOUR}:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]${HOUR}:\d\d)$`,
  "i",
);

/** 9999-12-31T23:59:59.999Z, the last time that four digits of year can say: answers are in UTC. */
export const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * A time from outside as Unix milliseconds; undefined when it is no RFC 3339 time, names a day that no month has, or is
 * after the last time by its offset.
 */
export function parseTime(text: string): number | undefined {
  const parts = RFC3339.exec(text);
  if (parts === null) return undefined;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  // The platform's parser takes 30 February for 2 March.
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(2000, month, 0)).getUTCDate()) return undefined;
  if (month === 2 && day === 29 && !isLeap(year)) return undefined;
  const time = Date.parse(text.toUpperCase());
  return Number.isNaN(time) || time > LAST_TIME ? undefined : time;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
