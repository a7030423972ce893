import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { StairwellError } from "@stairwell/protocol";
import { HeldPlaces, OwnPlaces } from "../../src/nodes/index.ts";

const caller = (): EventEmitter & { destroyed: boolean } => Object.assign(new EventEmitter(), { destroyed: false });

test("BU16 a place is held while the caller sends or the work lasts, and whoever went before it began gets nothing done", async () => {
  const most = { tenant: 2, participant: 2 };
  const places = new HeldPlaces(new OwnPlaces(), "import", most, () => new StairwellError("SW_RATE_LIMIT_EXCEEDED"));
  const [one, two] = [caller(), caller()];
  await places.take(1, 1, one);
  await places.take(1, 1, two);
  const full = { code: "SW_RATE_LIMIT_EXCEEDED" };
  const ending = Promise.withResolvers<void>();
  const working = places.during(one, () => ending.promise);
  one.emit("close");
  await assert.rejects(places.take(1, 1, caller()), full);
  ending.resolve();
  await working;
  two.emit("close");
  await assert.rejects(
    places.during(two, async () => assert.fail("it was begun")),
    full,
  );
  // As many as ever are free, and no more; of whom is gone by then none is kept.
  await places.take(1, 1, caller());
  await places.take(1, 1, Object.assign(caller(), { destroyed: true }));
  const last = caller();
  await places.take(1, 1, last);
  await assert.rejects(places.take(1, 1, caller()), full);
  // Whose work is done has none, though they still wait for their answer.
  await places.during(last, async () => undefined);
  await places.take(1, 1, caller());
  last.emit("close");
  await assert.rejects(places.take(1, 1, caller()), full);
});
