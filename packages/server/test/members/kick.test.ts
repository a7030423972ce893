import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { invited, joined, removed } from "./expected.ts";
import { givePower, memberIn, RoomUnderTest, startVerified } from "./room-under-test.ts";

test("MB12 a kick needs power 50 and more than the target has", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol, dave]), alice);
  const kick = (by: typeof alice, who: typeof alice) => () => by.post(room.path("/kick"), { participant_id: who.id });
  await givePower(alice, room, bob, 49);
  await room.refuses(kick(bob, dave), 403, "SW_ROOM_FORBIDDEN", "MB12", { needed: 50, actual: 49 });
  await givePower(alice, room, bob, 50);
  await givePower(alice, room, carol, 50);
  await room.refuses(kick(bob, carol), 403, "SW_ROOM_FORBIDDEN", "MB12", { needed: 51, actual: 50 });
  await room.refuses(kick(bob, alice), 403, "SW_ROOM_FORBIDDEN", "MB12", { actual: 50 });
  await givePower(alice, room, carol, 49);
  await room.appends(kick(bob, carol), removed(carol, bob, "kicked"));
  await givePower(alice, room, bob, 100);
  await room.refuses(kick(bob, alice), 403, "SW_ROOM_FORBIDDEN", "MB12", { actual: 100 });
  const kickDave = () => bob.post(room.path("/kick"), { participant_id: dave.id, reason: "Spam." });
  const answer = await room.appends(kickDave, removed(dave, bob, "kicked", { reason: "Spam." }));
  assert.deepEqual(memberIn(answer), {
    participant_id: dave.id,
    membership: "leave",
    power_level: 0,
    invited_by: null,
    cause: "kicked",
    reason: "Spam.",
    ban_expires_at: null,
  });
});

test("MB12 nobody but a joined member kicks", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const room = new RoomUnderTest(server, await alice.roomWith([carol], { room_type: "public" }), alice);
  const kick = () => bob.post(room.path("/kick"), { participant_id: carol.id });
  await room.refuses(kick, 403, "SW_ROOM_FORBIDDEN", "MB12");
  assertOk(await alice.post(room.path("/invite"), { participant_id: bob.id }));
  await room.refuses(kick, 403, "SW_ROOM_FORBIDDEN", "MB12");
  assertOk(await bob.post(room.path("/join")));
  await givePower(alice, room, bob, 100);
  assertOk(await bob.post(room.path("/leave")));
  await room.refuses(kick, 403, "SW_ROOM_FORBIDDEN", "MB12");
  const hidden = new RoomUnderTest(server, await alice.roomWith([carol]), alice);
  await hidden.refuses(() => dave.post(hidden.path("/kick"), { participant_id: carol.id }), 404, "SW_ROOM_NOT_FOUND");
});

test("MB12 only the joined and the invited can be kicked", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const kick = (who: typeof alice) => () => alice.post(room.path("/kick"), { participant_id: who.id });
  await room.refuses(kick(carol), 409, "SW_MEMBER_STATE", "MB12");
  assertOk(await bob.post(room.path("/leave")));
  await room.refuses(kick(bob), 409, "SW_MEMBER_STATE", "MB12");
});

test("MB11 a kick never clears a ban", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { room_type: "public" }), alice);
  assertOk(await alice.post(room.path("/ban"), { participant_id: bob.id }));
  await room.refuses(() => alice.post(room.path("/kick"), { participant_id: bob.id }), 409, "SW_MEMBER_STATE", "MB11");
  await room.refuses(() => bob.post(room.path("/join")), 403, "SW_ROOM_FORBIDDEN", "MB2");
});

test("MB9 a kicked person loses power, may rejoin a public room, and needs a new invite elsewhere", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  for (const body of [{ room_type: "public" }, {}]) {
    const room = new RoomUnderTest(server, await alice.roomWith([bob], body), alice);
    await givePower(alice, room, bob, 50);
    const kicked = await room.appends(
      () => alice.post(room.path("/kick"), { participant_id: bob.id }),
      removed(bob, alice, "kicked"),
    );
    assert.equal(kicked.data.power_level, 0);
    const join = () => bob.post(room.path("/join"));
    if (body.room_type !== "public") {
      await room.refuses(join, 403, "SW_ROOM_FORBIDDEN", "VS3");
      await room.appends(() => alice.post(room.path("/invite"), { participant_id: bob.id }), invited(bob, alice));
    }
    assert.equal((await room.appends(join, joined(bob))).data.power_level, 0);
  }
});

test("MB3 nobody kicks themselves or somebody who is not there", async (t) => {
  const server = await startVerified(t);
  const alice = await server.person("alice").signIn();
  const eve = await server.person("eve", "other").signIn();
  const room = new RoomUnderTest(server, await alice.roomWith([]), alice);
  const kick = (participant_id: string) => () => alice.post(room.path("/kick"), { participant_id });
  await room.refuses(kick(alice.id), 400, "SW_REQUEST_INVALID");
  for (const id of ["prt-nobody", eve.id]) await room.refuses(kick(id), 404, "SW_PARTICIPANT_NOT_FOUND");
});
