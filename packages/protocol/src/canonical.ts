import { StairwellError } from "./errors.ts";
import type { Json, JsonObject } from "./json.ts";
import { LIMITS } from "./limits.ts";

/**
 * The canonical form of a JSON value: RFC 8785. Keys sorted by UTF-16 code units, numbers as ECMAScript
 * writes them, strings with the shortest escapes, no white space.
 * The value must have passed `parseStrictJson` or be made of the same kinds.
 */
export function canonical(value: Json): string {
  // Most values have their keys in order already, since they were canonical before; the platform writes those much faster.
  return isInOrder(value) ? JSON.stringify(value) : sorted(value);
}

/** Whether the keys of all objects in a value stand in the order of the canonical form, wherever they were put. */
export function isInOrder(value: Json): boolean {
  if (value === null || typeof value !== "object") return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let before = "";
  for (const key of Object.keys(value)) {
    if (key < before || !isInOrder((value as JsonObject)[key]!)) return false;
    before = key;
  }
  return true;
}

function sorted(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sorted).join(",")}]`;
  let text = "";
  for (const key of Object.keys(value).sort()) {
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${sorted((value as JsonObject)[key]!)}`;
  }
  return `{${text}}`;
}

/** The canonical form of an event's content. `SW_CONTENT_TOO_LARGE` above 64 KiB (EV2). */
export function contentText(content: JsonObject): string {
  const text = canonical(content);
  // Most texts are far from the limit; only a long one is worth counting in bytes.
  if (text.length * 3 > LIMITS.contentBytes && utf8Bytes(text) > LIMITS.contentBytes) {
    throw new StairwellError("SW_CONTENT_TOO_LARGE", {
      message: `The content is larger than ${LIMITS.contentBytes} bytes in canonical form.`,
      details: { limit: LIMITS.contentBytes },
    });
  }
  return text;
}

/** UTF-8 length of a text, without encoding it. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else {
      bytes += 2;
      // A surrogate pair is two units and four bytes.
      if (unit >= 0xd800 && unit <= 0xdbff) {
        i++;
      }
    }
  }
  return bytes;
}
