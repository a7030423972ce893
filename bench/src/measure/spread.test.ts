import assert from "node:assert/strict";
import { test } from "node:test";
import { quantile, ratioSpread, spread } from "./spread.ts";

test("quantiles are by nearest rank", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.equal(quantile(hundred, 0.5), 50);
  assert.equal(quantile(hundred, 0.99), 99);
  assert.equal(quantile([7], 0.99), 7);
});

test("a spread does not depend on the order", () => {
  assert.deepEqual(spread([3, 1, 2]), { median: 2, low: 1, high: 3 });
  assert.deepEqual(spread([4, 1, 3, 2]), { median: 2.5, low: 1, high: 4 });
});

test("ratios are taken round by round", () => {
  assert.deepEqual(ratioSpread([10, 40, 90], [10, 20, 30]), { median: 2, low: 1, high: 3 });
});
