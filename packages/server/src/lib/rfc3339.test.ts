import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTime } from "./rfc3339.ts";

test("RFC 3339 times are read to the millisecond, with any offset", () => {
  assert.equal(parseTime("2026-01-02T03:04:05.678Z"), Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  assert.equal(parseTime("2026-01-02t03:04:05z"), Date.UTC(2026, 0, 2, 3, 4, 5));
  assert.equal(parseTime("2026-01-02T03:04:05+02:00"), Date.UTC(2026, 0, 2, 1, 4, 5));
  assert.equal(parseTime("2024-02-29T00:00:00Z"), Date.UTC(2024, 1, 29));
  assert.equal(parseTime("9999-12-31T23:59:59.999Z"), Date.UTC(9999, 11, 31, 23, 59, 59, 999));
});

test("what is no RFC 3339 time is refused", () => {
  for (const text of [
    "",
    "tomorrow",
    "2026-01-02",
    "2026-01-02T03:04:05",
    "2026-01-02 03:04:05Z",
    "2026-02-30T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-01-00T00:00:00Z",
    "2026-01-02T24:00:00Z",
    "2026-01-02T25:00:00Z",
    "2026-01-02T03:04:05+24:00",
    "2026-01-02T03:04:05+25:00",
    "+010000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999-00:01",
    "1767323045000",
  ]) {
    assert.equal(parseTime(text), undefined, text);
  }
});
