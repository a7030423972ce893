import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person } from "@stairwell/testing";
import { makeBot } from "./bots.ts";
import { automatic, left, power } from "./expected.ts";
import { givePower, RoomUnderTest, startVerified } from "./room-under-test.ts";

/** The last admin leaves; whoever is named must inherit in the same transaction. */
async function leavesTo(room: RoomUnderTest, leaver: Person, heir: Person): Promise<void> {
  await room.readBy(heir).appends(() => leaver.post(room.path("/leave")), left(leaver), automatic(power(heir, 100)));
  assert.equal(assertOk(await heir.get(room.path())).data.me.power_level, 100);
}

test("MB15 when the last admin leaves, the member with the highest power inherits", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol, dave]), alice);
  await givePower(alice, room, carol, 20);
  await givePower(alice, room, dave, 50);
  await leavesTo(room, alice, dave);
  await leavesTo(room, dave, carol);
  await leavesTo(room, carol, bob);
});

test("MB15 of equals the one whose present stay began first inherits", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  for (const level of [0, 30]) {
    const room = new RoomUnderTest(server, await alice.roomWith([bob, carol, dave], { room_type: "public" }), alice);
    // Who was here first and came back is the youngest now.
    assertOk(await bob.post(room.path("/leave")));
    assertOk(await bob.post(room.path("/join")));
    for (const who of [dave, bob, carol]) await givePower(alice, room, who, level);
    await leavesTo(room, alice, carol);
    await leavesTo(room, carol, dave);
    await leavesTo(room, dave, bob);
  }
});

test("MB15 a human inherits before bots and agents of any power, and they before nobody", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const bot = await makeBot(server, "bot");
  const agent = await makeBot(server, "agent", { participantType: "agent" });
  const room = new RoomUnderTest(server, await alice.roomWith([bot, agent, bob]), alice);
  await givePower(alice, room, bot, 60);
  await givePower(alice, room, agent, 90);
  await leavesTo(room, alice, bob);
  await leavesTo(room, bob, agent);
  await leavesTo(room, agent, bot);
});

test("MB15 of bots and agents alike the earliest inherits", async (t) => {
  const server = await startVerified(t);
  const alice = await server.person("alice").signIn();
  const agent = await makeBot(server, "agent", { participantType: "agent" });
  const bot = await makeBot(server, "bot");
  const room = new RoomUnderTest(server, await alice.roomWith([agent, bot]), alice);
  await leavesTo(room, alice, agent);
});

test("MB15 nobody inherits while another admin stays, and invited, gone and banned people never do", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave, erin, frank] = await server.people("alice", "bob", "carol", "dave", "erin", "frank");
  const room = new RoomUnderTest(
    server,
    await alice.roomWith([bob, carol, dave, erin], { invite: [bob.id, carol.id, dave.id, erin.id, frank.id] }),
    bob,
  );
  for (const who of [bob, carol, dave]) await givePower(alice, room, who, 90);
  assertOk(await carol.post(room.path("/leave")));
  assertOk(await alice.post(room.path("/ban"), { participant_id: dave.id }));
  await givePower(alice, room, bob, 100);
  await room.appends(() => alice.post(room.path("/leave")), left(alice));
  await leavesTo(room, bob, erin);
});

test("MB15 an archived room keeps an admin too", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  assertOk(await alice.post(room.path("/archive")));
  await leavesTo(room, alice, bob);
  assert.equal(await room.state(), "archived");
  assertOk(await bob.post(room.path("/rejoin")));
});

test("MB15 a closed room and a DM have no succession", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const closed = new RoomUnderTest(server, await alice.roomWith([bob]), bob);
  assertOk(await alice.post(closed.path("/close")));
  await closed.appends(() => alice.post(closed.path("/leave")), left(alice));
  const dm = new RoomUnderTest(
    server,
    assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data.id,
    bob,
  );
  await dm.appends(() => alice.post(dm.path("/leave")), left(alice));
});

test("MB15 an incognito room that does not close with its creator passes on as any other", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const body = { room_type: "incognito", close_on_leave: false };
  const room = new RoomUnderTest(server, await alice.roomWith([bob], body), bob);
  await leavesTo(room, alice, bob);
});
