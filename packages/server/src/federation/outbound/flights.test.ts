import assert from "node:assert/strict";
import { test } from "node:test";
import type { Addressed } from "./compose.ts";
import type { Delivered } from "./deliver.ts";
import { Flights } from "./flights.ts";

/** A request that tells rooms up to positions, and what becomes of it. */
function flight(flights: Flights, ends: Readonly<Record<number, number>>) {
  const sending = Promise.withResolvers<Delivered | undefined>();
  const noting = Promise.withResolvers<void>();
  const batch = batchOf(ends);
  flights.start(batch, sending.promise);
  const landed = (isWhole: boolean): void =>
    sending.resolve({ rooms: new Map(), news: new Set(), taking: new Map(), isWhole, noting: noting.promise });
  return { landed, noted: noting.resolve, unnoted: noting.reject, failed: sending.reject };
}

function batchOf(ends: Readonly<Record<number, number>>): Addressed[] {
  return Object.entries(ends).map(([roomNo, position]) => ({
    kind: "event",
    text: "{}",
    roomNo: Number(roomNo),
    from: 1,
    position,
  }));
}

/** Whether something has settled once everything else has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

test("FD16 two parts of one room's log are never under way at a time, and those of others no more than are allowed", async () => {
  const flights = new Flights();
  const first = flight(flights, { 1: 10, 2: 7 });
  const same = flights.placeFor(batchOf({ 2: 9 }), 2);
  const other = flights.placeFor(batchOf({ 3: 1 }), 2);
  assert.deepEqual([await isSettled(same), await isSettled(other)], [false, true]);
  flight(flights, { 3: 1 });
  const third = flights.placeFor(batchOf({ 4: 1 }), 2);
  assert.equal(await isSettled(third), false);
  first.landed(true);
  assert.deepEqual([await isSettled(same), await isSettled(third)], [true, true]);
});

test("FD16 what was taken counts as told until it is noted, and what was not taken whole does not", async () => {
  const flights = new Flights();
  const [taken, refused] = [flight(flights, { 1: 10 }), flight(flights, { 2: 5 })];
  assert.deepEqual(
    [...flights.told()],
    [
      [1, 10],
      [2, 5],
    ],
  );
  taken.landed(true);
  refused.landed(false);
  await flights.allLand();
  assert.deepEqual([[...flights.told()], flights.unfinished], [[[1, 10]], 1]);
  assert.equal(await isSettled(flights.over()), false);
  taken.noted();
  await flights.over();
  assert.deepEqual([...flights.told()], []);
});

test("FD16 a failure is heard of by whoever asks next, whether it was in sending or in noting, and nothing is left behind", async () => {
  for (const end of ["failed", "unnoted"] as const) {
    const flights = new Flights();
    const [one, other] = [flight(flights, { 1: 10 }), flight(flights, { 2: 5 })];
    if (end === "unnoted") one.landed(true);
    one[end](new Error("no"));
    assert.equal(await isSettled(flights.over()), false);
    await assert.rejects(flights.placeFor(batchOf({ 3: 1 }), 9), /no/);
    other.landed(true);
    other.noted();
    await flights.over();
    assert.deepEqual([...flights.told()], []);
    await assert.rejects(flights.allLand(), /no/);
  }
});
