import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { always } from "../test/property.ts";
import { cleanEmoji } from "./emoji.ts";
import { StairwellError } from "./errors.ts";

const accepted = (text: string): boolean => {
  try {
    cleanEmoji(text, "/emoji");
    return true;
  } catch (error) {
    assert(error instanceof StairwellError && error.code === "SW_REQUEST_INVALID");
    return false;
  }
};

test("EV5 a reaction is one grapheme, however many code points it is made of", () => {
  for (const emoji of ["👍", "👍🏽", "❤️", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇨🇭", "1️⃣", "✓", "é", "한", "a"]) {
    assert.equal(cleanEmoji(emoji, "/emoji"), emoji.normalize("NFC"), emoji);
  }
  for (const text of ["", "👍👍", "ok", "👍 ", " ", "\u200b", "\u200d", "\u0301", "\ufe0f", "\n", "\u202e", "\ud83d"]) {
    assert(!accepted(text), JSON.stringify(text));
  }
});

test("EV5 a reaction has something to see: fillers and blanks have not", () => {
  for (const text of [
    "\u3164",
    "\u115f",
    "\uffa0",
    "\u2800",
    "\u00a0",
    "\u180e",
    "\ufffe",
    "\u{10ffff}",
    "\u{e0001}",
  ]) {
    assert(!accepted(text), JSON.stringify(text));
  }
  // Reserved for pictures to come, and named by nobody yet.
  assert(accepted("\u{1faff}"));
});

test("EV5 a reaction is one shortcode", () => {
  for (const emoji of [":+1:", ":party_parrot:", ":a:", ":100:", ":e-mail:", `:${"x".repeat(62)}:`]) {
    assert.equal(cleanEmoji(emoji, "/emoji"), emoji);
  }
  for (const text of ["::", ":a", "a:", ":A:", ":a b:", ":a:b:", ":ä:", `:${"x".repeat(63)}:`]) {
    assert(!accepted(text), text);
  }
});

test("EV5 an emoji is kept in NFC, and measured in bytes of it", () => {
  assert.equal(cleanEmoji("e\u0301", "/emoji"), "\u00e9");
  // One grapheme of any length: a letter under a heap of marks.
  assert(accepted("x" + "\u0323".repeat(31)));
  assert(!accepted("x" + "\u0323".repeat(32)));
});

test("EV5 what is kept is kept as it is when it comes again, for any text", () => {
  const texts = fc.oneof(fc.string({ unit: "grapheme", maxLength: 2 }), fc.string({ unit: "binary", maxLength: 3 }));
  let kept = 0;
  always(texts, 20_000, (text) => {
    if (!accepted(text)) return;
    const emoji = cleanEmoji(text, "/emoji");
    kept++;
    assert.equal(cleanEmoji(emoji, "/emoji"), emoji);
    assert(Buffer.byteLength(emoji) <= 64);
  });
  assert(kept > 100, `only ${kept} were kept`);
});
