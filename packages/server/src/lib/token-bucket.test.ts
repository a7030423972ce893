import assert from "node:assert/strict";
import { test } from "node:test";
import { TokenBucket } from "./token-bucket.ts";

const rate = { per_second: 50, burst: 200 };

test("a full bucket gives its burst at once, and then its rate", () => {
  const bucket = new TokenBucket(rate, 0);
  for (let n = 0; n < 200; n++) assert.equal(bucket.take(rate, 0), true);
  assert.equal(bucket.take(rate, 0), false);
  assert.equal(bucket.take(rate, 19), false);
  assert.equal(bucket.take(rate, 20), true);
  assert.equal(bucket.take(rate, 20), false);
  let taken = 0;
  for (let ms = 21; ms <= 1020; ms++) if (bucket.take(rate, ms)) taken++;
  assert.equal(taken, 50);
});

test("a bucket never holds more than its burst", () => {
  const bucket = new TokenBucket(rate, 0);
  bucket.charge(-50, rate, 0);
  assert.equal(bucket.remaining(rate, 1e9), 200);
});

test("work already done overdraws, by the burst at the most", () => {
  const bucket = new TokenBucket(rate, 0);
  bucket.charge(250, rate, 0);
  assert.equal(bucket.remaining(rate, 0), 0);
  assert.equal(bucket.secondsUntil(1, rate, 0), 51 / 50);
  bucket.charge(1e6, rate, 0);
  assert.equal(bucket.secondsUntil(0, rate, 0), 4);
});

test("a clock that stands still or goes back gives nothing", () => {
  const bucket = new TokenBucket({ per_second: 1, burst: 1 }, 1000);
  assert.equal(bucket.take({ per_second: 1, burst: 1 }, 1000), true);
  assert.equal(bucket.take({ per_second: 1, burst: 1 }, 0), false);
});

test("a changed rate counts from the next call", () => {
  const bucket = new TokenBucket(rate, 0);
  assert.equal(bucket.remaining({ per_second: 1, burst: 3 }, 0), 3);
});
