import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import type { Actor } from "../../src/auth/index.ts";
import { ImportPlaces } from "../../src/bundles/import-places.ts";
import { OwnPlaces } from "../../src/nodes/index.ts";

const actor = { tenant: { tenantNo: 1 }, participantNo: 1 } as Actor;
const caller = (): EventEmitter & { destroyed: boolean } => Object.assign(new EventEmitter(), { destroyed: false });

test("BU16 a place is held while the caller waits or the work lasts, and whoever went before it began gets nothing done", async () => {
  const places = new ImportPlaces(new OwnPlaces());
  const [one, two] = [caller(), caller()];
  await places.take(actor, one);
  await places.take(actor, two);
  const full = { code: "SW_RATE_LIMIT_EXCEEDED" };
  const ending = Promise.withResolvers<void>();
  const working = places.during(one, () => ending.promise);
  one.emit("close");
  await assert.rejects(places.take(actor, caller()), full);
  ending.resolve();
  await working;
  two.emit("close");
  await assert.rejects(
    places.during(two, async () => assert.fail("it was begun")),
    full,
  );
  // As many as ever are free, and no more.
  await places.take(actor, caller());
  await places.take(actor, caller());
  await assert.rejects(places.take(actor, caller()), full);
});
