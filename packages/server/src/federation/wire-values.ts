import { LAST_TIME } from "../lib/rfc3339.ts";

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/;

/** Whether a text can be an id between servers: it can stand in a path, a line and a row as it is. */
export function isWireId(id: string): boolean {
  return ID.test(id);
}

/** Whether Unix milliseconds can be told as a time, which has four digits of year. */
export function isWireTime(unixMs: number): boolean {
  return unixMs <= LAST_TIME;
}
