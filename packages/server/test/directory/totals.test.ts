import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person, type TestServer } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";

/** Does something for each number from `first` up to and including `last`, some at a time. */
async function forEach(first: number, last: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = first;
  const worker = async (): Promise<void> => {
    while (next <= last) await work(next++);
  };
  await Promise.all(Array.from({ length: 64 }, worker));
}

async function totalsOf(who: Person, paths: readonly string[]): Promise<unknown[]> {
  const totals: unknown[] = [];
  for (const path of paths) {
    const { total, total_at_least } = assertOk(await who.get(path)).meta;
    totals.push(total_at_least === undefined ? total : [total, total_at_least]);
  }
  return totals;
}

const personOf = (server: TestServer, i: number): Person => server.person(`p-${i}`);

test("AP7 the total of people and of members is exact to 1,000, then 1,000 at least", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  await server.liftLimits();
  const room = await alice.roomWith([], { room_type: "public" });
  const invited = await alice.roomWith([]);
  const join = async (i: number): Promise<void> => {
    const person = await personOf(server, i).signIn();
    assertOk(await person.post(`/v1/rooms/${room}/join`));
    assertOk(await alice.post(`/v1/rooms/${invited}/invite`, { participant_id: person.id }));
  };
  const people = "/v1/directory/participants";
  const lists = [
    people,
    `${people}?type=human&q=P-`,
    `/v1/rooms/${room}/members`,
    `/v1/rooms/${room}/members?q=p-`,
    `/v1/rooms/${invited}/members?membership=invite`,
  ];
  assert.deepEqual(await totalsOf(alice, lists), [1, 0, 1, 0, 0]);
  await forEach(1, 999, join);
  assert.deepEqual(await totalsOf(alice, lists), [1000, 999, 1000, 999, 999]);
  await join(1000);
  assert.deepEqual(await totalsOf(alice, lists), [[1000, true], 1000, [1000, true], 1000, 1000]);
  await join(1001);
  assert.deepEqual(
    await totalsOf(alice, lists),
    lists.map(() => [1000, true]),
  );
  assert.deepEqual(await totalsOf(alice, [`${lists[0]}?limit=1`, `${lists[2]}?limit=500`]), [
    [1000, true],
    [1000, true],
  ]);
  const seen = assertOk(await alice.get(`/v1/rooms/${room}/state`)).data;
  assert.deepEqual(
    [seen.room.members_count, seen.members_meta.total, seen.members_meta.total_at_least],
    [1002, 1000, true],
  );
});

test("AP7 the total of rooms is exact to 1,000, own and public ones together, then 1,000 at least", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  await server.liftLimits();
  const make = async (i: number): Promise<void> => {
    // Half of them are Alice's own, the others public ones of Bob's.
    const [maker, room_type] = i % 2 === 0 ? [alice, "group"] : [bob, "public"];
    assertOk(await maker.post("/v1/rooms", { room_type, name: `Room ${i}` }));
  };
  const path = "/v1/directory/rooms";
  const lists = [
    path,
    `${path}?sort=name&limit=1`,
    `${path}?sort=members`,
    `${path}?q=room`,
    `${path}?room_type=group`,
    `${path}?membership=none`,
  ];
  await forEach(1, 1000, make);
  assert.deepEqual(await totalsOf(alice, lists), [1000, 1000, 1000, 1000, 500, 500]);
  await make(1001);
  assert.deepEqual(await totalsOf(alice, lists), [[1000, true], [1000, true], [1000, true], [1000, true], 500, 501]);
  assert.deepEqual(await totalsOf(bob, [path]), [501]);
});
