import assert from "node:assert/strict";
import { test } from "node:test";
import { compareLog } from "./compare-log.ts";

const logged = (...positions: number[]) =>
  positions.map((at) => ({ id: `evt-${at}`, event_type: "swp.room.message", stream_position: at }));
const receipts = (...positions: number[]) => positions.map((at) => ({ ask: 0, id: `evt-${at}`, position: at }));

test("a log that holds each acknowledged event once and without gaps has no fault", () => {
  assert.deepEqual(compareLog(2, logged(3, 4, 5), receipts(5, 3, 4)), []);
});

test("an acknowledged event that is not stored is a fault", () => {
  assert.deepEqual(compareLog(2, logged(3, 4), receipts(3, 4, 5)), ["evt-5 was acknowledged and is not stored"]);
});

test("a gap is a fault", () => {
  assert.match(compareLog(2, logged(3, 5), receipts(3, 5))[0]!, /position 4 is missing/);
});

test("an event stored twice is a fault", () => {
  const twice = [...logged(3), { ...logged(4)[0]!, id: "evt-3" }];
  assert.match(compareLog(2, twice, receipts(3)).join(), /evt-3 is stored twice/);
});

test("an event stored at another position than acknowledged is a fault", () => {
  const faults = compareLog(2, logged(3, 4), [{ ask: 0, id: "evt-3", position: 4 }, ...receipts(4)]);
  assert.deepEqual(faults, ["evt-3 was acknowledged at 4 and is stored at 3"]);
});

test("an event nobody was told of is a fault", () => {
  assert.deepEqual(compareLog(2, logged(3, 4), receipts(3)), ["1 events nobody was told of"]);
});
