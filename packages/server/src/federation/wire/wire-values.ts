import { type Json, LIMITS } from "@stairwell/protocol";
import { LAST_TIME } from "../../lib/rfc3339.ts";

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/;

/** Whether a text can be an id between servers: it can stand in a path, a line and a row as it is. */
export function isWireId(id: string): boolean {
  return ID.test(id);
}

/** Whether Unix milliseconds can be told as a time, which has four digits of year. */
export function isWireTime(unixMs: number): boolean {
  return unixMs <= LAST_TIME;
}

/** How deep a body or an answer between servers may be nested: a content of full depth, in all that is ever around one. */
export const WIRE_DEPTH = LIMITS.contentDepth + 8;

/** Whether a content is nested no deeper than one of our own people's may be (EV2). */
export function isWireDepth(content: Json): boolean {
  return isWithin(content, LIMITS.contentDepth);
}

function isWithin(value: Json, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((member: Json) => isWithin(member, depth - 1));
}
