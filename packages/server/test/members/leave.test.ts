import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { left } from "./expected.ts";
import { memberIn, RoomUnderTest, startVerified } from "./room-under-test.ts";

test("MB8 leaving is one event, and leaving again changes nothing", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  for (const body of [{}, { room_type: "public" }, { scope_kind: "incognito" }]) {
    const room = new RoomUnderTest(server, await alice.roomWith([bob], body), alice);
    const leave = (reason?: string) => () =>
      bob.post(room.path("/leave"), reason === undefined ? undefined : { reason });
    const answer = await room.appends(leave("Time to go."), left(bob, { reason: "Time to go." }));
    assert.deepEqual(memberIn(answer), {
      participant_id: bob.id,
      membership: "leave",
      power_level: 0,
      invited_by: null,
      cause: "left",
      reason: "Time to go.",
      ban_expires_at: null,
    });
    const again = await room.changesNothing(leave("Really."));
    assert.deepEqual([again.status, again.data.membership, again.data.reason], [200, "leave", "Time to go."]);
    assertOk(await alice.post(room.path("/archive")));
    await room.changesNothing(leave());
    assertOk(await alice.post(room.path("/close")));
    await room.changesNothing(leave());
  }
});

test("MB8 somebody who was kicked or whose invite is gone has left already", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { invite: [bob.id, carol.id] }), alice);
  for (const [who, cause] of [
    [bob, "kicked"],
    [carol, "revoked"],
  ] as const) {
    assertOk(await alice.post(room.path("/kick"), { participant_id: who.id }));
    const answer = await room.changesNothing(() => who.post(room.path("/leave")));
    assert.deepEqual([answer.data.membership, answer.data.cause], ["leave", cause]);
  }
});

test("MB8 nobody leaves a room they were never in", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const hidden = new RoomUnderTest(server, await alice.roomWith([]), alice);
  await hidden.refuses(() => bob.post(hidden.path("/leave")), 404, "SW_ROOM_NOT_FOUND");
  const open = new RoomUnderTest(server, await alice.roomWith([], { room_type: "public" }), alice);
  await open.refuses(() => bob.post(open.path("/leave")), 403, "SW_ROOM_FORBIDDEN", "MB8");
  await open.refuses(() => server.person("eve", "other").post(open.path("/leave")), 404, "SW_ROOM_NOT_FOUND");
});

test("MB11 leaving never clears a ban", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  for (const body of [{}, { room_type: "public" }]) {
    const room = new RoomUnderTest(server, await alice.roomWith([bob], body), alice);
    assertOk(await alice.post(room.path("/ban"), { participant_id: bob.id }));
    await room.refuses(() => bob.post(room.path("/leave")), 403, "SW_ROOM_FORBIDDEN", "MB2");
    assertOk(await alice.post(room.path("/archive")));
    await room.refuses(() => bob.post(room.path("/leave")), 403, "SW_ROOM_FORBIDDEN", "MB2");
  }
});
