import { invalid } from "./errors.ts";
import { endOfString, readJson } from "./json-reader.ts";
import type { Json, JsonObject } from "./json-value.ts";
import { LIMITS } from "./limits.ts";

export type { Json, JsonObject } from "./json-value.ts";

/**
 * Parses JSON from outside, strictly: no duplicate keys, no `__proto__`, nesting of a body ≤ 33 unless another bound is
 * given, no lone surrogates, numbers finite and integers within ±(2^53−1) (EV2). Values are otherwise as `JSON.parse`
 * gives them. Throws `SW_REQUEST_INVALID` with a JSON pointer to the first fault.
 */
export function parseStrictJson(text: string, mostDeep: number = LIMITS.jsonDepth): Json {
  // Nesting is bounded before a recursive parser runs: 100,000 brackets must not reach its stack.
  const { keys, depth, hasEscapedKey } = scan(text, mostDeep);
  if (depth > mostDeep) throw invalid("", `is nested more than ${mostDeep} deep`);
  let value: Json;
  try {
    value = parse(text, hasEscapedKey);
  } catch {
    throw invalid("", "is not valid JSON");
  }
  const seen = check(value, undefined, 0);
  if (seen !== keys) throw invalid("", "an object has the same key twice");
  return value;
}

/** Parses JSON that was read strictly once, as `JSON.parse` should (see `readJson`). `SyntaxError` for what is no JSON. */
export function parseJson(text: string): Json {
  // Only a text with a backslash can have an escaped key.
  return parse(text, text.includes("\\") && scan(text, Infinity).hasEscapedKey);
}

function parse(text: string, hasEscapedKey: boolean): Json {
  return hasEscapedKey ? readJson(text) : (JSON.parse(text) as Json);
}

interface Scanned {
  /** Colons outside strings, which is the number of members written. */
  keys: number;
  /** How deep brackets are nested, at the deepest; counted until it passes the limit. */
  depth: number;
  hasEscapedKey: boolean;
}

function scan(text: string, mostDeep: number): Scanned {
  const found: Scanned = { keys: 0, depth: 0, hasEscapedKey: false };
  let depth = 0;
  let slash = text.indexOf("\\");
  let isEscaped = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        const close = endOfString(text, at);
        isEscaped = slash !== -1 && slash < close;
        if (isEscaped) slash = text.indexOf("\\", close);
        at = close;
        break;
      }
      case 0x3a:
        found.keys++;
        // The string before a colon is a key.
        found.hasEscapedKey ||= isEscaped;
        break;
      case 0x7b:
      case 0x5b:
        found.depth = Math.max(found.depth, ++depth);
        if (depth > mostDeep) return found;
        break;
      case 0x7d:
      case 0x5d:
        depth--;
    }
  }
  return found;
}

/** Where a value stands; made a text only where something is wrong, since that is rare and there are many values. */
interface Place {
  readonly within: Place | undefined;
  readonly key: string | number;
}

function pointerTo(place: Place | undefined): string {
  return place === undefined ? "" : `${pointerTo(place.within)}/${pointerPart(String(place.key))}`;
}

/** Walks a parsed value, throws at the first fault, and counts the members that survived parsing. */
function check(value: Json, place: Place | undefined, keys: number): number {
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw invalid(pointerTo(place), "has a lone surrogate");
  } else if (typeof value === "number") {
    if (!Number.isFinite(value)) throw invalid(pointerTo(place), "is too large a number");
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw invalid(pointerTo(place), "is an integer beyond ±(2^53−1); send it as a string");
    }
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) keys = check(value[i], { within: place, key: i }, keys);
  } else if (value !== null && typeof value === "object") {
    for (const key of Object.keys(value)) {
      const at = { within: place, key };
      if (key === "__proto__") throw invalid(pointerTo(at), "is not an allowed key");
      if (!key.isWellFormed()) throw invalid(pointerTo(place), "has a key with a lone surrogate");
      keys = check((value as JsonObject)[key]!, at, keys + 1);
    }
  }
  return keys;
}

/** One reference token of a JSON pointer (RFC 6901, section 4). */
export function pointerPart(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
