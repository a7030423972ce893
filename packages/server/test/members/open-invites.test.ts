import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { invited, joined, removed } from "./expected.ts";
import { RoomUnderTest, startVerified } from "./room-under-test.ts";

test("MB18 one person holds as many open invites in a room as the tenant allows, and others hold theirs", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave, erin, frank] = await server.people("alice", "bob", "carol", "dave", "erin", "frank");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  await server.setLimits({ open_invites: 2 });
  const invite =
    (by: typeof alice, who: typeof alice, to = room) =>
    () =>
      by.post(to.path("/invite"), { participant_id: who.id });
  await room.appends(invite(alice, carol), invited(carol, alice));
  await room.appends(invite(alice, dave), invited(dave, alice));
  await room.refuses(invite(alice, erin), 409, "SW_ROOM_CAPACITY", "MB18");
  await room.changesNothing(invite(alice, dave));
  await room.appends(invite(bob, erin), invited(erin, bob));

  const elsewhere = new RoomUnderTest(server, await alice.roomWith([]), alice);
  await elsewhere.appends(invite(alice, erin, elsewhere), invited(erin, alice));

  await room.appends(() => carol.post(room.path("/join")), joined(carol));
  await room.appends(invite(alice, frank), invited(frank, alice));
  await room.appends(
    () => alice.post(room.path("/kick"), { participant_id: dave.id }),
    removed(dave, alice, "revoked"),
  );
  await room.appends(invite(alice, dave), invited(dave, alice));
  await room.refuses(invite(alice, await server.person("grace").signIn()), 409, "SW_ROOM_CAPACITY", "MB18");

  await server.setLimits({ open_invites: null });
  await room.appends(invite(alice, server.person("grace")), invited(server.person("grace"), alice));
});

test("MB18 invites beyond the bound at the making of a room are listed as refused", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  await server.setLimits({ open_invites: 2 });
  const body = { room_type: "group", name: "A room", invite: [bob.id, carol.id, dave.id] };
  const made = assertOk(await alice.post("/v1/rooms", body));
  const room = new RoomUnderTest(server, made.data.id, alice);
  const outcomes = made.meta.invites as { membership?: string; error?: { code: string } }[];
  assert.deepEqual(
    outcomes.map(({ membership, error }) => membership ?? error?.code),
    ["invite", "invite", "SW_ROOM_CAPACITY"],
  );
  assert.deepEqual((await room.counts()).row, { joined: 1, invited: 2 });
  await room.refuses(() => dave.post(room.path("/join")), 404, "SW_ROOM_NOT_FOUND");
});
