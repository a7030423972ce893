import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, atOnce, type Person } from "@stairwell/testing";
import { automatic, joined, power, state } from "../members/expected.ts";
import { givePower, RoomUnderTest, startVerified } from "../members/room-under-test.ts";

const rejoin = (room: RoomUnderTest, who: Person) => () => who.post(room.path("/rejoin"));

for (const [kind, body] of [
  ["a group", {}],
  ["a public room", { room_type: "public" }],
  ["an incognito room", { room_type: "incognito", close_on_leave: false }],
] as const) {
  test(`LC5 a deserted room (${kind}) is restored by one who left it with power 50, who is its admin again`, async (t) => {
    const server = await startVerified(t);
    const [alice, bob, carol] = await server.people("alice", "bob", "carol");
    const room = new RoomUnderTest(server, await alice.roomWith([bob, carol], body), bob);
    await givePower(alice, room, bob, 50);
    await givePower(alice, room, carol, 49);
    for (const who of [bob, carol, alice]) assertOk(await who.post(room.path("/leave")));
    assert.equal(await room.state(), "archived");
    await room.refuses(rejoin(room, carol), 403, "SW_ROOM_FORBIDDEN", "VS3");
    await room.refuses(rejoin(room, await server.person("erin").signIn()), 404, "SW_ROOM_NOT_FOUND");
    const answer = await room.appends(
      rejoin(room, bob),
      state("open", bob),
      joined(bob),
      automatic(power(bob, 100), 1),
    );
    assert.deepEqual([answer.data.state, answer.data.members_count, answer.data.me.power_level], ["open", 1, 100]);
    assert.equal(answer.data.archived_at, null);
  });
}

test("LC5 one who was put out, or whose power was gone at their leave, does not restore a deserted room", async (t) => {
  const server = await startVerified(t);
  const [alice, kicked, lowered, returned, unbanned] = await server.people("alice", "bob", "carol", "dave", "erin");
  const others = [kicked, lowered, returned, unbanned];
  const room = new RoomUnderTest(server, await alice.roomWith(others, { room_type: "public" }), alice);
  for (const who of others) await givePower(alice, room, who, 50);
  const to = async (verb: string, who: Person) =>
    assertOk(await alice.post(room.path(`/${verb}`), { participant_id: who.id }));
  await to("kick", kicked);
  await givePower(alice, room, lowered, 0);
  assertOk(await lowered.post(room.path("/leave")));
  // A stay with power, and a later one without: the last one counts.
  assertOk(await returned.post(room.path("/leave")));
  assertOk(await returned.post(room.path("/join")));
  assertOk(await returned.post(room.path("/leave")));
  await to("ban", unbanned);
  await to("unban", unbanned);
  assertOk(await alice.post(room.path("/leave")));
  for (const who of others) await room.refuses(rejoin(room, who), 403, "SW_ROOM_FORBIDDEN", "VS3");
  await room.appends(rejoin(room, alice), state("open", alice), joined(alice), automatic(power(alice, 100), 1));
});

test("LC5 an open invite does not suffice to restore a deserted room", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { invite: [bob.id, carol.id] }), alice);
  await givePower(alice, room, bob, 50);
  assertOk(await bob.post(room.path("/leave")));
  assertOk(await alice.post(room.path("/invite"), { participant_id: bob.id }));
  assertOk(await alice.post(room.path("/leave")));
  for (const who of [bob, carol]) {
    await room.refuses(() => who.post(room.path("/join")), 409, "SW_ROOM_FROZEN", "LC1");
    await room.refuses(rejoin(room, who), 403, "SW_ROOM_FORBIDDEN", "LC5");
  }
});

test("LC5 a deserted room is restored within the limits of the tenant", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([], { invite: [bob.id, carol.id] }), alice);
  assertOk(await alice.post(room.path("/leave")));
  await server.setLimits({ max_rooms: 0 });
  await room.refuses(rejoin(room, alice), 409, "SW_TENANT_CAPACITY", "LC5");
  await server.setLimits({ max_rooms: null, max_participants: 2 });
  await room.refuses(rejoin(room, alice), 409, "SW_ROOM_CAPACITY", "MB18");
  await server.setLimits({ max_participants: 3 });
  assertOk(await rejoin(room, alice)());
  assert.deepEqual((await room.counts()).row, { joined: 1, invited: 2 });
});

test("LC5 of two who restore a deserted room at once one is its admin and the other finds it open", async (t) => {
  const server = await startVerified(t);
  const people = await server.people("alice", "bob");
  const [alice, bob] = people;
  for (let round = 0; round < 5; round++) {
    const room = new RoomUnderTest(server, await alice.roomWith([bob], { room_type: "public" }), alice);
    await givePower(alice, room, bob, 50);
    for (const who of people) assertOk(await who.post(room.path("/leave")));
    const answers = await atOnce(2, (i) => rejoin(room, people[i]!)());
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    );
    const levels = assertOk(await alice.get(room.path("/members"))).data.map(
      (row: { power_level: number }) => row.power_level,
    );
    assert.deepEqual([levels, await room.state()], [[100, 0], "open"]);
  }
});
