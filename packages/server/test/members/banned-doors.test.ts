import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { makeBot } from "./bots.ts";
import { joined, removed } from "./expected.ts";
import { RoomUnderTest, startVerified } from "./room-under-test.ts";

for (const [kind, body] of [
  ["a group", {}],
  ["a public room", { room_type: "public" }],
] as const) {
  test(`MB2 somebody banned from ${kind} comes back by no door until the ban is lifted`, async (t) => {
    const server = await startVerified(t);
    const [alice, bob, carol] = await server.people("alice", "bob", "carol");
    const room = new RoomUnderTest(server, await alice.roomWith([bob, carol], body), alice);
    assertOk(await alice.post(room.path("/ban"), { participant_id: bob.id }));
    const doors = [
      () => bob.post(room.path("/join")),
      () => bob.post(room.path("/rejoin")),
      () => alice.post(room.path("/invite"), { participant_id: bob.id }),
      () => carol.post(room.path("/invite"), { fqid: bob.me.fqid }),
    ];
    for (const door of doors) await room.refuses(door, 403, "SW_ROOM_FORBIDDEN", "MB2");
    await room.appends(
      () => alice.post(room.path("/unban"), { participant_id: bob.id }),
      removed(bob, alice, "unbanned"),
    );
    assertOk(await carol.post(room.path("/invite"), { participant_id: bob.id }));
    await room.appends(doors[0]!, joined(bob));
  });
}

test("MB2 a banned person can neither speak in the room nor change it, nor read what came after", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol], { room_type: "public" }), alice);
  assertOk(await alice.put(room.path(`/members/${bob.id}/power-level`), { power_level: 50 }));
  assertOk(await alice.post(room.path("/ban"), { participant_id: bob.id }));
  const after = await alice.say(room.id, "Good riddance.");
  for (const call of [
    () => bob.post(room.path("/send"), { content: { body: "Hey!" } }),
    () => bob.put(room.path("/name"), { name: "Mine" }),
    () => bob.put(room.path("/topic"), { topic: "Mine" }),
    () => bob.post(room.path("/kick"), { participant_id: carol.id }),
    () => bob.post(room.path("/archive")),
    () => bob.post(room.path("/close")),
    () => bob.get(room.path("/members")),
    () => bob.put(room.path("/read"), { event_id: after.id }),
  ]) {
    await room.refuses(call, 403, "SW_ROOM_FORBIDDEN", "MB2");
  }
  assert.notEqual((await bob.get(room.path(`/events/${after.id}`))).status, 200);
  const visible = await bob.get(room.path("/messages"));
  assert.equal(JSON.stringify(visible.data ?? []).includes("Good riddance."), false);
});

test("MB2 a room of its own with the banned person is no way back into this one", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  assertOk(await alice.post(room.path("/ban"), { participant_id: bob.id }));
  const dm = await room.changesNothing(() => bob.post("/v1/rooms/dm", { participant_id: alice.id }));
  assert.equal(dm.status, 201);
  await room.refuses(() => bob.get(room.path()), 403, "SW_ROOM_FORBIDDEN", "MB2");
});

test("MB2 an eager bot is kept out by a ban as anybody is", async (t) => {
  const server = await startVerified(t);
  const alice = await server.person("alice").signIn();
  const bot = await makeBot(server, "eager", { autoJoin: true });
  const room = new RoomUnderTest(server, await alice.roomWith([], { room_type: "public" }), alice);
  assertOk(await alice.post(room.path("/ban"), { participant_id: bot.id }));
  await room.refuses(
    () => alice.post(room.path("/invite"), { participant_id: bot.id }),
    403,
    "SW_ROOM_FORBIDDEN",
    "MB2",
  );
  await room.refuses(() => bot.post(room.path("/join")), 403, "SW_ROOM_FORBIDDEN", "MB2");
});

test("MB2 somebody banned from a deserted room does not restore it", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  assertOk(await alice.put(room.path(`/members/${bob.id}/power-level`), { power_level: 50 }));
  assertOk(await alice.post(room.path("/ban"), { participant_id: bob.id }));
  assertOk(await alice.post(room.path("/leave")));
  await room.refuses(() => bob.post(room.path("/rejoin")), 403, "SW_ROOM_FORBIDDEN", "MB2");
});
