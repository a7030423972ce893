import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyedMutex } from "./keyed-mutex.ts";

test("a key has one holder, and those who wait get it in their order", async () => {
  const mutex = new KeyedMutex();
  const order: number[] = [];
  let holders = 0;
  await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const release = await mutex.acquire("k", 10_000);
      assert.equal(++holders, 1);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(n);
      holders--;
      release!();
    }),
  );
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
  assert.equal(mutex.size, 0);
});

test("other keys are not waited for", async () => {
  const mutex = new KeyedMutex();
  const a = await mutex.acquire("a", 0);
  const b = await mutex.acquire("b", 0);
  assert.ok(a !== undefined && b !== undefined);
  a();
  b();
  assert.equal(mutex.size, 0);
});

test("whoever waits too long gives up, and those behind still get the key", async () => {
  const mutex = new KeyedMutex();
  const first = await mutex.acquire("k", 0);
  const impatient = mutex.acquire("k", 1);
  const patient = mutex.acquire("k", 10_000);
  assert.equal(await impatient, undefined);
  first!();
  const release = await patient;
  assert.ok(release);
  release();
  assert.equal(mutex.size, 0);
});

test("a release counts once", async () => {
  const mutex = new KeyedMutex();
  const first = await mutex.acquire("k", 0);
  const second = mutex.acquire("k", 10_000);
  const third = mutex.acquire("k", 10_000);
  first!();
  first!();
  const release = await second;
  let thirdHas = false;
  void third.then(() => (thirdHas = true));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(thirdHas, false);
  release!();
  (await third)!();
});
