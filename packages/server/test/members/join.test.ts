import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { joined } from "./expected.ts";
import { memberIn, RoomUnderTest, startVerified } from "./room-under-test.ts";

for (const [kind, body] of [
  ["a public room", { room_type: "public" }],
  ["a listed group", { room_type: "group", is_public: true }],
] as const) {
  test(`MB7 ${kind} is joined without an invite by anybody of the tenant, the first time and after a leave`, async (t) => {
    const server = await startVerified(t);
    const [alice, bob] = await server.people("alice", "bob");
    const room = new RoomUnderTest(server, await alice.roomWith([], body), alice);
    const join = () => bob.post(room.path("/join"));
    const first = await room.appends(join, joined(bob));
    assert.deepEqual(memberIn(first), {
      participant_id: bob.id,
      membership: "join",
      power_level: 0,
      invited_by: null,
      cause: null,
      reason: null,
      ban_expires_at: null,
    });
    assert.equal(first.data.notification_mode, "inherit");
    assertOk(await bob.post(room.path("/leave"), { reason: "Off for a while." }));
    const second = await room.appends(join, joined(bob));
    assert.deepEqual([second.data.membership, second.data.cause, second.data.reason], ["join", null, null]);

    const eve = server.person("eve", "other");
    await room.refuses(() => eve.post(room.path("/join")), 404, "SW_ROOM_NOT_FOUND");
  });
}

test("MB7 a room that is not public needs an invite: 404 to a stranger, 403 to one who left", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  for (const body of [{}, { room_type: "incognito" }, { scope_kind: "incognito" }]) {
    const room = new RoomUnderTest(server, await alice.roomWith([], body), alice);
    const join = () => bob.post(room.path("/join"));
    await room.refuses(join, 404, "SW_ROOM_NOT_FOUND");
    assertOk(await alice.post(room.path("/invite"), { participant_id: bob.id }));
    await room.appends(join, joined(bob));
    assertOk(await bob.post(room.path("/leave")));
    await room.refuses(join, 403, "SW_ROOM_FORBIDDEN", "VS3");
    assertOk(await alice.post(room.path("/invite"), { participant_id: bob.id }));
    assertOk(await bob.post(room.path("/leave")));
    await room.refuses(join, 403, "SW_ROOM_FORBIDDEN", "VS3");
  }
});

test("MB8 joining when joined changes nothing", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  for (const body of [{}, { room_type: "public" }]) {
    const room = new RoomUnderTest(server, await alice.roomWith([bob], body), alice);
    const before = (await bob.get(room.path())).data.me;
    const again = await room.changesNothing(() => bob.post(room.path("/join")));
    assert.deepEqual([again.status, again.data.membership], [200, "join"]);
    assert.deepEqual((await bob.get(room.path())).data.me, before);
    const creator = await room.changesNothing(() => alice.post(room.path("/join")));
    assert.equal(creator.data.power_level, 100);
  }
});

test("MB7 joining gives power 0, to the creator and former admins too", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { room_type: "public" }), bob);
  assertOk(await alice.put(room.path(`/members/${bob.id}/power-level`), { power_level: 100 }));
  assertOk(await alice.post(room.path("/leave")));
  const creator = await room.appends(() => alice.post(room.path("/join")), joined(alice));
  assert.equal(creator.data.power_level, 0);
  assert.equal((await alice.get(room.path())).data.creator_id, alice.id);
});
