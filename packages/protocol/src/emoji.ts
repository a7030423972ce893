import { utf8Bytes } from "./canonical.ts";
import { invalid } from "./errors.ts";
import { LIMITS } from "./limits.ts";

const SHORTCODE = /^:[a-z0-9_+-]+:$/;
/**
 * Nothing that can be seen: controls, spaces, fillers, and marks that need something to stand on. What is not assigned
 * yet may be an emoji that is younger than this server.
 */
const INVISIBLE = /^[\p{Cc}\p{Cf}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]+$/u;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * A reaction's emoji as it is kept (EV5): NFC, 1..64 bytes, one visible grapheme or a `:shortcode:` of `[a-z0-9_+-]`.
 * `SW_REQUEST_INVALID` at `path`.
 */
export function cleanEmoji(text: string, path: string): string {
  const emoji = text.normalize("NFC");
  if (utf8Bytes(emoji) > LIMITS.emojiBytes) throw invalid(path, `is longer than ${LIMITS.emojiBytes} bytes`);
  if (SHORTCODE.test(emoji)) return emoji;
  const [first, second] = graphemes.segment(emoji);
  if (first === undefined || second !== undefined || INVISIBLE.test(emoji) || !emoji.isWellFormed()) {
    throw invalid(path, "must be one emoji, or a :shortcode: of a-z, 0-9, _, + and -");
  }
  return emoji;
}
