import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import { inLanes } from "./in-lanes.ts";

test("every item is worked on once, and never more than so many at one time", async () => {
  const done: number[] = [];
  let [now, most] = [0, 0];
  await inLanes(Array.from({ length: 50 }, (_, i) => i).values(), 4, async (item) => {
    most = Math.max(most, ++now);
    for (let i = 0; i < item % 3; i++) await setImmediate();
    now--;
    done.push(item);
  });
  assert.deepEqual(
    done.toSorted((a, b) => a - b),
    Array.from({ length: 50 }, (_, i) => i),
  );
  assert.equal(most, 4);
  await inLanes([], 4, () => assert.fail("there is nothing to do"));
});

test("after a fault nothing more is begun, and it is told when nothing is under way any more", async () => {
  const begun: number[] = [];
  let isOver = false;
  const slow = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await setImmediate();
    isOver = true;
  };
  const working = inLanes([0, 1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    if (item === 0) await slow();
    if (item === 1) throw new Error("the second");
  });
  await assert.rejects(working, /the second/);
  assert.deepEqual([begun, isOver], [[0, 1], true]);
});
