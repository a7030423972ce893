import assert from "node:assert/strict";
import { test } from "node:test";
import { fitting, PAGE_CHARACTERS } from "./fitting.ts";

const counts = (lengths: number[], limit: number): number => fitting(lengths, limit, (length) => length).length;

test("a page has what fits, at least one item and no more than asked for", () => {
  assert.equal(counts([], 3), 0);
  assert.equal(counts([1, 1, 1, 1], 3), 3);
  assert.equal(counts([PAGE_CHARACTERS * 2, 1], 3), 1);
  assert.equal(counts([PAGE_CHARACTERS - 1, 1, 1], 3), 2);
  assert.equal(counts([PAGE_CHARACTERS, 1], 3), 1);
  assert.equal(counts([PAGE_CHARACTERS], 3), 1);
});
