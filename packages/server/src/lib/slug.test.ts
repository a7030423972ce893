import assert from "node:assert/strict";
import { test } from "node:test";
import { searchFold, slugOf } from "./slug.ts";

test("a slug keeps letters and digits, without accents, joined by single hyphens", () => {
  assert.equal(slugOf("  Crème brûlée -- Nº 5! ", 64), "creme-brulee-no-5");
  assert.equal(slugOf("bob.smith_2", 64), "bob-smith-2");
  assert.equal(slugOf("ＡＢＣ", 64), "abc");
});

test("a slug is bounded and never ends in a hyphen", () => {
  assert.equal(slugOf("abc def", 4), "abc");
  assert.equal(slugOf("-abcd", 4), "abcd");
  assert.equal(slugOf("x".repeat(100), 64).length, 64);
});

test("a name in another script leaves an empty slug", () => {
  assert.equal(slugOf("日本語", 64), "");
});

test("folding makes case and Latin marks equal and leaves other scripts readable", () => {
  assert.equal(searchFold("Zoë ÅNGSTRÖM"), "zoe angstrom");
  assert.equal(searchFold("日本"), "日本");
});
