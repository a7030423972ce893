import { invalid } from "./errors.ts";
import { LIMITS } from "./limits.ts";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * Parses JSON from outside, strictly: no duplicate keys, no `__proto__`, depth ≤ 32, no lone surrogates,
 * numbers finite and integers within ±(2^53−1) (EV2). Values are otherwise as `JSON.parse` gives them.
 * Throws `SW_REQUEST_INVALID` with a JSON pointer to the first fault.
 */
export function parseStrictJson(text: string): Json {
  // Nesting is bounded before the recursive parser runs: 100,000 brackets must not reach its stack.
  const keyCount = scan(text);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw invalid("", "is not valid JSON");
  }
  const seen = check(value, "", 0);
  if (seen !== keyCount) throw invalid("", "an object has the same key twice");
  return value;
}

/** Counts the colons outside strings, which is the number of members written, and bounds the nesting. */
function scan(text: string): number {
  let keys = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfString(text, at);
        break;
      case 0x3a:
        keys++;
        break;
      case 0x7b:
      case 0x5b:
        if (++depth > LIMITS.jsonDepth) throw invalid("", `is nested more than ${LIMITS.jsonDepth} deep`);
        break;
      case 0x7d:
      case 0x5d:
        depth--;
    }
  }
  return keys;
}

/** The index of the quote that closes the string opened at `open`, or the end of an unterminated text. */
function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close !== -1) {
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return close;
    close = text.indexOf('"', close + 1);
  }
  return text.length;
}

/** Walks a parsed value, throws at the first fault, and counts the members that survived parsing. */
function check(value: Json, path: string, keys: number): number {
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw invalid(path, "has a lone surrogate");
  } else if (typeof value === "number") {
    if (!Number.isFinite(value)) throw invalid(path, "is too large a number");
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw invalid(path, "is an integer beyond ±(2^53−1); send it as a string");
    }
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) keys = check(value[i], `${path}/${i}`, keys);
  } else if (value !== null && typeof value === "object") {
    for (const key of Object.keys(value)) {
      const at = `${path}/${pointerPart(key)}`;
      if (key === "__proto__") throw invalid(at, "is not an allowed key");
      if (!key.isWellFormed()) throw invalid(path, "has a key with a lone surrogate");
      keys = check((value as JsonObject)[key]!, at, keys + 1);
    }
  }
  return keys;
}

/** One reference token of a JSON pointer (RFC 6901, section 4). */
export function pointerPart(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
