import assert from "node:assert/strict";
import { test } from "node:test";
import { ImportedIds } from "../../src/bundles/imported-ids.ts";
import { newId } from "../../src/lib/random.ts";

const FORM = /^evt-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOW = Date.UTC(2027, 0, 31);

test("BU11 imported ids are of the form of all ids, one to one, and others at every import", () => {
  const [once, again] = [new ImportedIds(NOW), new ImportedIds(NOW)];
  const given = Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? newId("event") : `evt-far-${i}`));
  const made = given.map((id) => once.of(id));
  assert.ok(made.every((id) => FORM.test(id)));
  assert.equal(new Set(made).size, given.length);
  assert.deepEqual(
    given.map((id) => once.of(id)),
    made,
  );
  assert.ok(given.every((id, i) => again.of(id) !== made[i]));
});

test("BU11 imported ids keep the time of those they are made of, so that a room's stand in order; others get that of the import", () => {
  const ids = new ImportedIds(NOW);
  const time = (id: string): string => id.slice(4, 17);
  for (const id of ["evt-019b76da-a801-7cd3-9d4e-b485fd695f47", newId("event")])
    assert.equal(time(ids.of(id)), time(id));
  const now = NOW.toString(16).padStart(12, "0");
  for (const id of ["evt-far-1", "evt-019b76da-a801-4cd3-9d4e-b485fd695f47", "EVT-019B76DA-A801-7CD3"]) {
    assert.equal(time(ids.of(id)).replace("-", ""), now);
  }
});

test("BU15 an id that came twice is found, in whatever place", () => {
  const given = Array.from({ length: 3000 }, () => newId("event"));
  const ids = new ImportedIds(NOW);
  for (const id of given) ids.take(id);
  assert.equal(ids.hadTwice(), false);
  for (const id of [...given, given[1234]!]) ids.take(id);
  assert.equal(ids.hadTwice(), true);
});
