import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person } from "@stairwell/testing";
import { makeBot } from "./bots.ts";
import { power } from "./expected.ts";
import { givePower, memberIn, RoomUnderTest, startVerified } from "./room-under-test.ts";

/** Sets a member's power, as a call to be judged. */
const set = (room: RoomUnderTest, by: Person, who: Pick<Person, "id">, power_level: unknown) => () =>
  by.put(room.path(`/members/${who.id}/power-level`), { power_level });

test("PL1 an admin sets the power of a member, anything from 0 to 100", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  for (const level of [1, 0, 49, 50, 99]) {
    const answer = await room.appends(set(room, alice, bob, level), power(bob, level, alice));
    assert.partialDeepStrictEqual(memberIn(answer), { participant_id: bob.id, membership: "join", power_level: level });
    assert.equal(assertOk(await bob.get(room.path())).data.me.power_level, level);
  }
  await room.appends(set(room, alice, bob, 100), power(bob, 100, alice));
});

test("PL1 only integers from 0 to 100 are levels", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  for (const level of [-1, 101, 1e9, 0.5, "50", null, true, [50], undefined]) {
    await room.refuses(set(room, alice, bob, level), 400, "SW_REQUEST_INVALID");
  }
});

test("PL1 setting power needs power 100 as a joined member", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol], { room_type: "public" }), alice);
  for (const level of [0, 50, 99]) {
    await givePower(alice, room, bob, level);
    for (const who of [bob, carol]) {
      await room.refuses(set(room, bob, who, 1), 403, "SW_ROOM_FORBIDDEN", "PL1", { needed: 100, actual: level });
    }
  }
  await room.refuses(set(room, dave, carol, 1), 403, "SW_ROOM_FORBIDDEN", "PL1");
  assertOk(await alice.post(room.path("/invite"), { participant_id: dave.id }));
  await room.refuses(set(room, dave, carol, 1), 403, "SW_ROOM_FORBIDDEN", "PL1");
  await room.refuses(set(room, server.person("eve", "other"), carol, 1), 404, "SW_ROOM_NOT_FOUND");
});

test("PL1 only a joined member has power", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave, erin] = await server.people("alice", "bob", "carol", "dave", "erin");
  const eve = await server.person("eve", "other").signIn();
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { invite: [bob.id, carol.id] }), alice);
  assertOk(await bob.post(room.path("/leave")));
  assertOk(await alice.post(room.path("/ban"), { participant_id: dave.id }));
  for (const who of [bob, carol, dave, erin])
    await room.refuses(set(room, alice, who, 50), 409, "SW_MEMBER_STATE", "PL1");
  for (const who of [eve, { id: "prt-nobody" }])
    await room.refuses(set(room, alice, who, 50), 404, "SW_PARTICIPANT_NOT_FOUND");
});

test("PL2 an admin changes nobody of the same power but themselves", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol]), alice);
  await givePower(alice, room, bob, 100);
  await givePower(alice, room, carol, 100);
  for (const level of [0, 50, 99])
    await room.refuses(set(room, bob, carol, level), 403, "SW_ROOM_FORBIDDEN", "PL2", { actual: 100 });
  await room.appends(set(room, carol, carol, 50), power(carol, 50, carol));
  await room.refuses(set(room, carol, carol, 100), 403, "SW_ROOM_FORBIDDEN", "PL1", { needed: 100, actual: 50 });
  await room.appends(set(room, bob, carol, 0), power(carol, 0, bob));
});

test("PL2 nobody lowers the creator but the creator", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  await givePower(alice, room, bob, 100);
  await room.refuses(set(room, bob, alice, 0), 403, "SW_ROOM_FORBIDDEN", "PL2", { actual: 100 });
  await room.appends(set(room, alice, alice, 60), power(alice, 60, alice));
  for (const level of [0, 59])
    await room.refuses(set(room, bob, alice, level), 403, "SW_ROOM_FORBIDDEN", "PL2", { actual: 100 });
  await room.changesNothing(set(room, bob, alice, 60));
  await room.appends(set(room, bob, alice, 61), power(alice, 61, bob));
  await room.appends(set(room, bob, alice, 100), power(alice, 100, bob));
});

test("PL3 setting the present value changes nothing", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol]), alice);
  await givePower(alice, room, bob, 100);
  for (const [who, level] of [
    [alice, 100],
    [bob, 100],
    [carol, 0],
  ] as const) {
    const answer = await room.changesNothing(set(room, alice, who, level));
    assert.deepEqual([answer.status, answer.data.power_level], [200, level]);
  }
});

test("PL3 the last admin cannot lower themselves, and is told who could follow", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol]), alice);
  await givePower(alice, room, carol, 50);
  for (const level of [0, 99]) {
    const { error } = await room.refuses(set(room, alice, alice, level), 409, "SW_ROOM_LAST_ADMIN", "PL3");
    assert.deepEqual((error.details as { candidates: string[] }).candidates, [carol.id, bob.id]);
  }
  await givePower(alice, room, carol, 100);
  await room.appends(set(room, alice, alice, 0), power(alice, 0, alice));
  const { error } = await room.refuses(set(room, carol, carol, 0), 409, "SW_ROOM_LAST_ADMIN", "PL3");
  assert.equal((error.details as { candidates: string[] }).candidates[0], alice.id);
});

test("PL3 the last admin is told of ten who could follow, in the order of MB15", async (t) => {
  const server = await startVerified(t);
  const names = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory", "niaj"];
  const [alice, ...others] = await server.people(...names);
  const bot = await makeBot(server, "robo", { autoJoin: true });
  const room = new RoomUnderTest(server, await alice!.roomWith([]), alice!);
  assertOk(await alice!.post(room.path("/invite"), { participant_id: bot.id }));
  const ask = async (): Promise<unknown> => {
    const { error } = await room.refuses(set(room, alice!, alice!, 0), 409, "SW_ROOM_LAST_ADMIN", "PL3");
    return (error.details as { candidates: unknown }).candidates;
  };
  assert.deepEqual(await ask(), [bot.id]);
  for (const who of others) {
    assertOk(await alice!.post(room.path("/invite"), { participant_id: who.id }));
    assertOk(await who.post(room.path("/join")));
  }
  const ids = others.map(({ id }) => id);
  await givePower(alice!, room, bot, 99);
  assert.deepEqual(await ask(), ids.slice(0, 10));
  await givePower(alice!, room, others[10]!, 1);
  await givePower(alice!, room, others[9]!, 2);
  assert.deepEqual(await ask(), [ids[9], ids[10], ...ids.slice(0, 8)]);
});

test("PL3 nobody is told of who was deactivated and is about to leave", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol]), alice);
  const deactivate = (at: number | null) =>
    server.db.write("deployment", (tx) =>
      tx.run("UPDATE participants SET deactivated_at = $1 WHERE participant_id = $2", at, bob.id),
    );
  // As they stand between the call and the job that takes them out of their rooms.
  await deactivate(1);
  const { error } = await room.refuses(set(room, alice, alice, 0), 409, "SW_ROOM_LAST_ADMIN", "PL3");
  assert.deepEqual(error.details, { candidates: [carol.id] });
  await deactivate(null);
});

test("PL3 an admin who is alone has nobody to follow", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([], { invite: [bob.id] }), alice);
  const { error } = await room.refuses(set(room, alice, alice, 0), 409, "SW_ROOM_LAST_ADMIN", "PL3");
  assert.deepEqual(error.details, { candidates: [] });
});

test("PL3 two last admins who lower themselves at once leave one", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  for (let round = 0; round < 5; round++) {
    const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
    await givePower(alice, room, bob, 100);
    const answers = await Promise.all([alice, bob].map((who) => set(room, who, who, 0)()));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200, 409]));
    const levels = assertOk(await alice.get(room.path("/members"))).data.map(
      (row: { power_level: number }) => row.power_level,
    );
    assert.deepEqual(new Set(levels), new Set([0, 100]));
  }
});
