import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { removed } from "./expected.ts";
import { givePower, memberIn, RoomUnderTest, startVerified } from "./room-under-test.ts";

test("MB6 an invite is revoked by kick: by its inviter, or by a moderator", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol]), alice);
  const invite = () => bob.post(room.path("/invite"), { participant_id: dave.id });
  const revoke = (by: typeof alice) => () =>
    by.post(room.path("/kick"), { participant_id: dave.id, reason: "Not yet." });

  assertOk(await invite());
  await room.refuses(revoke(carol), 403, "SW_ROOM_FORBIDDEN", "MB12", { needed: 50, actual: 0 });
  const own = await room.appends(revoke(bob), removed(dave, bob, "revoked", { reason: "Not yet." }));
  assert.deepEqual(memberIn(own), {
    participant_id: dave.id,
    membership: "leave",
    power_level: 0,
    invited_by: null,
    cause: "revoked",
    reason: "Not yet.",
    ban_expires_at: null,
  });
  assert.deepEqual((await room.counts()).row, { joined: 3, invited: 0 });

  assertOk(await invite());
  await givePower(alice, room, carol, 50);
  await room.appends(revoke(carol), removed(dave, carol, "revoked", { reason: "Not yet." }));
  await room.refuses(() => dave.post(room.path("/join")), 403, "SW_ROOM_FORBIDDEN", "VS3");
});

test("MB6 an inviter who has left, or whose invitee has joined, revokes nothing", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, dave, erin] = await server.people("alice", "bob", "dave", "erin");
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { room_type: "public" }), alice);
  for (const who of [dave, erin]) assertOk(await bob.post(room.path("/invite"), { participant_id: who.id }));
  const kick = (who: typeof alice) => () => bob.post(room.path("/kick"), { participant_id: who.id });
  assertOk(await erin.post(room.path("/join")));
  await room.refuses(kick(erin), 403, "SW_ROOM_FORBIDDEN", "MB12", { needed: 50, actual: 0 });
  assertOk(await bob.post(room.path("/leave")));
  await room.refuses(kick(dave), 403, "SW_ROOM_FORBIDDEN", "MB12");
  assertOk(await bob.post(room.path("/join")));
  await room.appends(kick(dave), removed(dave, bob, "revoked"));
});

test("MB6 a revoked invitee of a public room may join it as anybody may", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([], { room_type: "public", invite: [bob.id] }), alice);
  await room.appends(() => alice.post(room.path("/kick"), { participant_id: bob.id }), removed(bob, alice, "revoked"));
  assert.equal(assertOk(await bob.post(room.path("/join"))).data.membership, "join");
});
