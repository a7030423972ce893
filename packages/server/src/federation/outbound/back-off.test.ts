import assert from "node:assert/strict";
import { test } from "node:test";
import { Asides } from "./asides.ts";
import { BackOff, waitAfter } from "./back-off.ts";

const HOUR = 3_600_000;

test("FD16 FOU-20 waits double with jitter up to an hour, whatever a server asks for", () => {
  for (const random of [() => 0, () => 0.5, () => 0.999999]) {
    for (let failures = 1; failures <= 100; failures++) {
      const most = Math.min(HOUR, 1000 * 2 ** (failures - 1));
      const wait = waitAfter(failures, { random });
      assert.ok(Number.isInteger(wait) && wait >= most / 2 && wait <= most, `${failures}: ${wait}`);
    }
  }
  assert.notEqual(waitAfter(3, { random: () => 0.1 }), waitAfter(3, { random: () => 0.9 }));
  assert.equal(waitAfter(1, { askedForMs: 5000 }), 5000);
  for (const askedForMs of [1e12, HOUR + 1]) assert.equal(waitAfter(1, { askedForMs }), HOUR);
  for (const askedForMs of [-1e12, NaN, Infinity, -Infinity]) assert.ok(waitAfter(1, { askedForMs }) <= 1000);
  const backOff = new BackOff(() => 0);
  assert.deepEqual([backOff.failed(), backOff.failed(), backOff.failed()], [500, 1000, 2000]);
  backOff.succeeded();
  assert.deepEqual([backOff.isFailing, backOff.failed()], [false, 500]);
});

test("FD16 what is set aside is left alone for longer each time, and at once when somebody waits", () => {
  const asides = new Asides<string>();
  asides.put("a", 0);
  assert.deepEqual([asides.at(499), asides.at(1001)], [new Set(["a"]), new Set()]);
  asides.put("a", 2000);
  assert.deepEqual(asides.at(2999), new Set(["a"]));
  assert.ok(asides.next(2000)! >= 3000 && asides.next(2000)! <= 4000);
  asides.hurry();
  assert.deepEqual([asides.at(2000), asides.next(2000)], [new Set(), undefined]);
  asides.put("a", 2000);
  assert.ok(asides.next(2000)! >= 4000, "hurry forgets no failures");
  asides.delete("a");
  asides.put("a", 0);
  assert.ok(asides.next(0)! <= 1000);
});
