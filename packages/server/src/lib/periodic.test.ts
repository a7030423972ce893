import assert from "node:assert/strict";
import { test } from "node:test";
import { every } from "./periodic.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("runs never overlap, and a failed one does not end the loop", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const errors: unknown[] = [];
  let runs = 0;
  let finish = (): void => {};
  const loop = every(
    1000,
    () => {
      runs++;
      if (runs === 1) return Promise.reject(new Error("first"));
      return new Promise((resolve) => (finish = resolve));
    },
    (error) => errors.push(error),
  );
  t.mock.timers.tick(999);
  assert.equal(runs, 0);
  t.mock.timers.tick(1);
  await turn();
  assert.equal(errors.length, 1);
  t.mock.timers.tick(1000);
  t.mock.timers.tick(5000);
  assert.equal(runs, 2);
  finish();
  await turn();
  t.mock.timers.tick(1000);
  assert.equal(runs, 3);
  let stopped = false;
  const stopping = loop.stop().then(() => (stopped = true));
  await turn();
  assert.equal(stopped, false);
  finish();
  await stopping;
  t.mock.timers.tick(10_000);
  assert.equal(runs, 3);
});
