import assert from "node:assert/strict";
import { test } from "node:test";
import { StairwellApiError, StairwellNetworkError } from "./errors.ts";
import { isRepeatable, pause, retryAfterOf, retryDelay } from "./retry.ts";

const refusal = (status: number, retryAfter?: number) => new StairwellApiError(status, undefined, null, retryAfter);

test("only what can be repeated without harm is repeated", () => {
  for (const method of ["GET", "PUT", "DELETE"] as const) assert.equal(isRepeatable(method, undefined), true);
  assert.equal(isRepeatable("POST", undefined), false);
  assert.equal(isRepeatable("POST", "key"), true);
  assert.equal(isRepeatable("PATCH", "key"), false);
});

test("passing troubles are worth another attempt, refusals are not", () => {
  for (const status of [408, 429, 500, 502, 503, 504, 507])
    assert.ok(retryDelay(refusal(status), 0) !== undefined, String(status));
  for (const status of [200, 400, 401, 403, 404, 409, 413, 422])
    assert.equal(retryDelay(refusal(status), 0), undefined);
  assert.ok(retryDelay(new StairwellNetworkError(undefined, false), 0) !== undefined);
  assert.equal(retryDelay(new TypeError("a mistake"), 0), undefined);
});

test("delays double up to eight seconds and are spread over their second half", () => {
  const network = new StairwellNetworkError(undefined, false);
  assert.deepEqual(
    [0, 1, 2, 5, 9].map((attempt) => retryDelay(network, attempt, () => 1)),
    [250, 500, 1000, 8000, 8000],
  );
  assert.deepEqual(
    [0, 9].map((attempt) => retryDelay(network, attempt, () => 0)),
    [125, 4000],
  );
});

test("the server's Retry-After is a bound from below, and beyond a minute there is no attempt", () => {
  assert.equal(
    retryDelay(refusal(429, 3), 0, () => 0),
    3000,
  );
  assert.equal(
    retryDelay(refusal(429, 3), 0, () => 1),
    3250,
  );
  assert.equal(retryDelay(refusal(503, 61), 0), undefined);
});

test("Retry-After is read as seconds or as a date", () => {
  const now = Date.UTC(2026, 0, 1);
  assert.equal(retryAfterOf("7", now), 7);
  assert.equal(retryAfterOf("Thu, 01 Jan 2026 00:00:30 GMT", now), 30);
  assert.equal(retryAfterOf("Wed, 31 Dec 2025 00:00:00 GMT", now), 0);
  assert.equal(retryAfterOf("soon", now), undefined);
  assert.equal(retryAfterOf(null, now), undefined);
});

test("a pause ends with its signal's reason and leaves nothing behind", async () => {
  const ending = new AbortController();
  const pausing = pause(3_600_000, ending.signal);
  ending.abort(new Error("enough"));
  await assert.rejects(pausing, /enough/);
});
