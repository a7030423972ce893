import assert from "node:assert/strict";
import { test } from "node:test";
import { Manners } from "./manners.ts";

/** Time that goes by only where it is told to: others take `othersMs` of each turn. */
function world() {
  const at = { now: 1000, othersMs: 0, away: [] as number[] };
  const manners = new Manners({
    clock: { monotonic: () => at.now },
    serve: async () => void (at.now += at.othersMs),
    wait: async (milliseconds) => {
      at.away.push(milliseconds);
      at.now += milliseconds;
    },
  });
  const work = async (milliseconds: number): Promise<void> => {
    at.now += milliseconds;
    await manners.giveWay(milliseconds);
  };
  return { at, manners, work };
}

test("who has much to do works for longer at a time where nobody comes, up to a bound", async () => {
  const { at, manners, work } = world();
  const first = manners.portionMs;
  await work(1);
  assert.equal(manners.portionMs, first, "that nobody came in a moment says nothing");
  const portions: number[] = [];
  for (let i = 0; i < 500; i++) {
    await work(manners.portionMs);
    portions.push(manners.portionMs);
  }
  assert.deepEqual(
    portions,
    portions.toSorted((a, b) => a - b),
  );
  assert.equal(portions.at(-1), 8 * first);
  assert.deepEqual(at.away, []);
});

test("where others came, who has much to do stays away for as long as it has worked, and begins small again", async () => {
  const { at, manners, work } = world();
  const first = manners.portionMs;
  for (let i = 0; i < 500; i++) await work(manners.portionMs);
  at.othersMs = 0.7;
  await work(8);
  assert.deepEqual(at.away, [8]);
  assert.equal(manners.portionMs, first);
  await work(1);
  at.othersMs = 0;
  await work(1);
  assert.deepEqual(at.away, [8, 1]);
  assert.equal(manners.portionMs, first, "they may come again");
});

test("a turn of the loop without anybody is no sign of others", async () => {
  const { at, manners, work } = world();
  const first = manners.portionMs;
  at.othersMs = 0.1;
  for (let i = 0; i < 500; i++) await work(1);
  assert.deepEqual(at.away, []);
  assert(manners.portionMs > first);
});
