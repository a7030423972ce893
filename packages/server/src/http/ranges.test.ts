import assert from "node:assert/strict";
import { test } from "node:test";
import { type Selection, select } from "./ranges.ts";

const NONE = { range: undefined, ifRange: undefined, ifNoneMatch: undefined };
const part = (start: number, end: number): Selection => ({ status: 206, range: { start, end } });

for (const [range, expected] of [
  ["bytes=0-0", part(0, 0)],
  ["bytes=2-", part(2, 9)],
  ["bytes=2-99", part(2, 9)],
  ["bytes=-3", part(7, 9)],
  ["bytes=-99", part(0, 9)],
  ["bytes=10-", { status: 416 }],
  ["bytes=-0", { status: 416 }],
  ["bytes=5-2", { status: 200 }],
  ["bytes=-", { status: 200 }],
  ["bytes=0-1,3-4", { status: 200 }],
  ["lines=0-1", { status: 200 }],
  ["bytes=a-b", { status: 200 }],
] as const) {
  test(`of ten bytes, the range ${range} selects ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(select({ ...NONE, range }, '"x"', 10), expected);
  });
}

test("who has the content is told so, and a range of another version is answered by the whole", () => {
  assert.deepEqual(select({ ...NONE, ifNoneMatch: 'W/"a", "x"' }, '"x"', 10), { status: 304 });
  assert.deepEqual(select({ ...NONE, ifNoneMatch: "*" }, '"x"', 10), { status: 304 });
  assert.deepEqual(select({ ...NONE, ifNoneMatch: '"y"' }, '"x"', 10), { status: 200 });
  assert.deepEqual(select({ ...NONE, range: "bytes=1-2", ifRange: '"y"' }, '"x"', 10), { status: 200 });
  assert.deepEqual(select({ ...NONE, range: "bytes=1-2", ifRange: '"x"' }, '"x"', 10), part(1, 2));
});

test("a content of no bytes has no range", () => {
  assert.deepEqual(select({ ...NONE, range: "bytes=0-" }, '"x"', 0), { status: 416 });
  assert.deepEqual(select(NONE, '"x"', 0), { status: 200 });
});
