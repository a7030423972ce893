import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Erasure } from "./erasure.ts";

/** An erasure whose checkpoints answer as `outcomes` say, then true; times are milliseconds from its beginning. */
function erasureOf(t: TestContext, outcomes: (boolean | Error)[] = []) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 0;
  const ran: number[] = [];
  /** What happens during the next checkpoints. */
  const during: (() => void)[] = [];
  const overdue: [at: number, cause: unknown][] = [];
  const erasure = new Erasure({
    checkpoint: async () => {
      ran.push(now);
      during.shift()?.();
      const outcome = outcomes.shift() ?? true;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
    onOverdue: (cause) => overdue.push([now, cause]),
    pace: { lead: 1000, rest: 10_000, retry: 1000 },
    clock: { monotonic: () => now },
  });
  const pass = async (ms: number) => {
    for (const end = now + ms; now < end;) {
      now += 100;
      t.mock.timers.tick(100);
      for (let i = 0; i < 5; i++) await Promise.resolve();
    }
  };
  return { erasure, ran, during, overdue, pass };
}

test("DEL3 deletions of one second share a checkpoint, and checkpoints keep ten seconds apart", async (t) => {
  const { erasure, ran, pass } = erasureOf(t);
  for (let i = 0; i < 5; i++) erasure.due();
  await pass(5000);
  erasure.due();
  await pass(1000);
  erasure.due();
  await pass(60_000);
  assert.deepEqual(ran, [1000, 11_000]);
});

test("DEL3 whatever is deleted while a checkpoint runs has another", async (t) => {
  const { erasure, ran, during, pass } = erasureOf(t);
  during.push(() => erasure.due());
  erasure.due();
  await pass(60_000);
  assert.deepEqual(ran, [1000, 11_000]);
});

test("DEL3 a checkpoint that a reader blocks, or that fails, is tried again each second, and told of before a minute", async (t) => {
  const full = new Error("the disk is full");
  const { erasure, ran, overdue, pass } = erasureOf(t, [false, full, ...Array.from({ length: 110 }, () => full)]);
  erasure.dueNow();
  await pass(200_000);
  assert.deepEqual(ran.slice(0, 4), [100, 1100, 2100, 3100]);
  assert.equal(ran.length, 113, "and none once it is done");
  assert.equal(overdue.length, 2, "not a line a second");
  assert(overdue.every(([at, cause]) => at < 120_000 && cause === full));
  assert(overdue[0]![0] < 60_000);
});

test("DEL3 nothing runs once it is stopped, also where it is stopped in the middle of an attempt", async (t) => {
  const { erasure, ran, during, pass } = erasureOf(t, [true, false]);
  during.push(
    () => {},
    () => erasure.stop(),
  );
  erasure.due();
  await pass(2000);
  erasure.due();
  await pass(60_000);
  assert.deepEqual(ran, [1000, 11_000]);
});
