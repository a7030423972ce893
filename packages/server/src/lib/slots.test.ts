import assert from "node:assert/strict";
import { test } from "node:test";
import { Slots } from "./slots.ts";

test("so many of a key have a place, others wait in order, and too many are sent away", async () => {
  const slots = new Slots(2, 2);
  const [first, second] = [(await slots.take("a"))!, (await slots.take("a"))!];
  const came: string[] = [];
  const third = slots.take("a").then((give) => (came.push("third"), give!));
  const fourth = slots.take("a").then((give) => (came.push("fourth"), give!));
  assert.equal(await slots.take("a"), undefined);
  const other = (await slots.take("b"))!;
  assert.deepEqual(came, []);
  first();
  first();
  const give = await third;
  assert.deepEqual(came, ["third"]);
  give();
  second();
  (await fourth)();
  other();
  assert.deepEqual(came, ["third", "fourth"]);
  for (const again of [await slots.take("a"), await slots.take("a")]) assert.equal(typeof again, "function");
});
