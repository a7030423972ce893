import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, atOnce, rounds, type TestServer } from "@stairwell/testing";
import { makeBot } from "./bots.ts";
import { invited, joined } from "./expected.ts";
import { RoomUnderTest, startVerified } from "./room-under-test.ts";

test("MB18 a full room takes nobody more, by invite or join; an invitee has a seat already", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const room = new RoomUnderTest(server, await alice.roomWith([], { room_type: "public" }), alice);
  await server.setLimits({ max_participants: 3 });
  const invite = (who: typeof alice) => () => alice.post(room.path("/invite"), { participant_id: who.id });
  await room.appends(invite(bob), invited(bob, alice));
  await room.appends(() => carol.post(room.path("/join")), joined(carol));
  for (const call of [invite(dave), () => dave.post(room.path("/join")), () => dave.post(room.path("/rejoin"))]) {
    await room.refuses(call, 409, "SW_ROOM_CAPACITY", "MB18");
  }
  await room.changesNothing(invite(bob));
  await room.changesNothing(() => carol.post(room.path("/join")));
  await room.appends(() => bob.post(room.path("/join")), joined(bob));
  await room.refuses(invite(dave), 409, "SW_ROOM_CAPACITY", "MB18");
});

test("MB18 every going frees a seat: leave, decline, kick, revoke, ban", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([], { room_type: "public" }), alice);
  await server.setLimits({ max_participants: 2 });
  const to = (verb: string) => alice.post(room.path(`/${verb}`), { participant_id: bob.id });
  const join = () => carol.post(room.path("/join"));
  for (const [come, go] of [
    [() => bob.post(room.path("/join")), () => bob.post(room.path("/leave"))],
    [() => to("invite"), () => bob.post(room.path("/leave"))],
    [() => bob.post(room.path("/join")), () => to("kick")],
    [() => to("invite"), () => to("kick")],
    [() => bob.post(room.path("/join")), () => to("ban")],
  ] as const) {
    assertOk(await come());
    await room.refuses(join, 409, "SW_ROOM_CAPACITY", "MB18");
    assertOk(await go());
    await room.appends(join, joined(carol));
    assertOk(await carol.post(room.path("/leave")));
  }
});

test("MB18 the bound counts in each room alone, is moved by its tenant, and a smaller one puts nobody out", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { room_type: "public" }), alice);
  await server.setLimits({ max_participants: 1 });
  assert.equal(assertOk(await bob.get(room.path())).data.members_count, 2);
  assertOk(await bob.post(room.path("/send"), { content: { body: "Still here." } }));
  await room.refuses(() => carol.post(room.path("/join")), 409, "SW_ROOM_CAPACITY", "MB18");
  await server.setLimits({ max_participants: 3 });
  await room.appends(() => carol.post(room.path("/join")), joined(carol));
  await server.setLimits({ max_participants: null });
  await room.appends(() => dave.post(room.path("/join")), joined(dave));
});

test("MB18 a DM is exempt", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  await server.setLimits({ max_participants: 1 });
  const dm = new RoomUnderTest(
    server,
    assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data.id,
    alice,
  );
  assertOk(await bob.post(dm.path("/leave")));
  await alice.say(dm.id, "Come back.");
  assert.deepEqual((await dm.counts()).row, { joined: 2, invited: 0 });
  assertOk(await bob.post(dm.path("/leave")));
  assertOk(await alice.post(dm.path("/archive")));
  assertOk(await bob.post(dm.path("/rejoin")));
  assert.deepEqual((await dm.counts()).row, { joined: 2, invited: 0 });
});

/** A crowd and an admin of a tenant without other bounds. */
async function startRace(server: TestServer) {
  const alice = await server.person("alice").signIn();
  await server.liftLimits();
  return { alice, crowd: await server.people(...Array.from({ length: 8 }, (_, i) => `p${i}`)) };
}

test("MB18 of many who join a room with one seat left at once exactly one succeeds", async (t) => {
  const server = await startVerified(t);
  const { alice, crowd } = await startRace(server);
  await server.setLimits({ max_participants: 2 });
  for (let round = 0; round < rounds(50); round++) {
    const room = new RoomUnderTest(server, await alice.roomWith([], { room_type: "public" }), alice);
    const answers = await atOnce(crowd.length, (i) => crowd[i]!.post(room.path("/join")));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    for (const answer of answers) if (answer.status !== 200) assertRefused(answer, 409, "SW_ROOM_CAPACITY", "MB18");
    assert.deepEqual(await room.counts(), { row: { joined: 2, invited: 0 }, counted: { joined: 2, invited: 0 } });
  }
});

test("MB18 of invites, joins and an eager bot after the same last seat exactly one gets it", async (t) => {
  const server = await startVerified(t);
  const { alice, crowd } = await startRace(server);
  const bot = await makeBot(server, "eager", { autoJoin: true });
  for (let round = 0; round < rounds(50); round++) {
    await server.setLimits({ max_participants: null });
    const [inviter, ...others] = crowd;
    const room = new RoomUnderTest(server, await alice.roomWith([inviter!], { room_type: "public" }), alice);
    await server.setLimits({ max_participants: 3 });
    const answers = await atOnce(others.length + 1, (i) => {
      if (i === others.length) return alice.post(room.path("/invite"), { participant_id: bot.id });
      if (i % 2 === 0) return others[i]!.post(room.path("/join"));
      return (i % 4 === 1 ? alice : inviter!).post(room.path("/invite"), { participant_id: others[i]!.id });
    });
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    for (const answer of answers) if (answer.status !== 200) assertRefused(answer, 409, "SW_ROOM_CAPACITY", "MB18");
    const { row, counted } = await room.counts();
    assert.deepEqual(row, counted);
    assert.equal(row.joined + row.invited, 3);
  }
});
