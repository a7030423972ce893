import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { invited, removed } from "./expected.ts";
import { givePower, memberIn, RoomUnderTest, startVerified } from "./room-under-test.ts";

test("MB13 an unban gives leave with cause unbanned: no member, no invite, no power", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  await givePower(alice, room, bob, 50);
  assertOk(await alice.post(room.path("/ban"), { participant_id: bob.id, reason: "Enough." }));
  const unban = () => alice.post(room.path("/unban"), { participant_id: bob.id });
  const answer = await room.appends(unban, removed(bob, alice, "unbanned"));
  assert.deepEqual(memberIn(answer), {
    participant_id: bob.id,
    membership: "leave",
    power_level: 0,
    invited_by: null,
    cause: "unbanned",
    reason: null,
    ban_expires_at: null,
  });
  await room.changesNothing(unban);
  await room.refuses(() => bob.post(room.path("/join")), 403, "SW_ROOM_FORBIDDEN", "VS3");
  await room.appends(() => alice.post(room.path("/invite"), { participant_id: bob.id }), invited(bob, alice));
});

test("MB13 an unban of somebody who is not banned changes nothing", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave, erin] = await server.people("alice", "bob", "carol", "dave", "erin");
  const room = new RoomUnderTest(
    server,
    await alice.roomWith([bob, dave], { invite: [bob.id, carol.id, dave.id] }),
    alice,
  );
  assertOk(await dave.post(room.path("/leave")));
  for (const [who, membership] of [
    [bob, "join"],
    [carol, "invite"],
    [dave, "leave"],
    [erin, "leave"],
  ] as const) {
    const answer = await room.changesNothing(() => alice.post(room.path("/unban"), { participant_id: who.id }));
    assert.deepEqual([answer.data.participant_id, answer.data.membership], [who.id, membership]);
  }
});

test("MB13 an unban needs power 50, whoever made the ban", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const eve = await server.person("eve", "other").signIn();
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  assertOk(await alice.post(room.path("/ban"), { participant_id: carol.id }));
  const unban = (participant_id: string) => () => bob.post(room.path("/unban"), { participant_id });
  await room.refuses(unban(carol.id), 403, "SW_ROOM_FORBIDDEN", "MB12", { needed: 50, actual: 0 });
  await givePower(alice, room, bob, 49);
  await room.refuses(unban(carol.id), 403, "SW_ROOM_FORBIDDEN", "MB12", { needed: 50, actual: 49 });
  await room.refuses(
    () => carol.post(room.path("/unban"), { participant_id: carol.id }),
    403,
    "SW_ROOM_FORBIDDEN",
    "MB2",
  );
  await givePower(alice, room, bob, 50);
  for (const id of ["prt-nobody", eve.id]) await room.refuses(unban(id), 404, "SW_PARTICIPANT_NOT_FOUND");
  await room.appends(unban(carol.id), removed(carol, bob, "unbanned"));
});
