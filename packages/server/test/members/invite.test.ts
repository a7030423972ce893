import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { invited, left } from "./expected.ts";
import { memberIn, RoomUnderTest, startVerified } from "./room-under-test.ts";

test("MB1 a joined member of any power invites by id or by FQID, somebody new and somebody who left", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const byId = await room.appends(
    () => bob.post(room.path("/invite"), { participant_id: carol.id, reason: "We need you." }),
    invited(carol, bob, { reason: "We need you." }),
  );
  assert.deepEqual(memberIn(byId), {
    participant_id: carol.id,
    membership: "invite",
    power_level: 0,
    invited_by: bob.id,
    cause: null,
    reason: "We need you.",
    ban_expires_at: null,
  });
  const byFqid = await room.appends(
    () => alice.post(room.path("/invite"), { fqid: dave.me.fqid }),
    invited(dave, alice),
  );
  assert.deepEqual([byFqid.data.participant_id, byFqid.data.membership], [dave.id, "invite"]);

  assertOk(await carol.post(room.path("/join")));
  await room.appends(() => carol.post(room.path("/leave")), left(carol));
  const again = await room.appends(
    () => alice.post(room.path("/invite"), { participant_id: carol.id }),
    invited(carol, alice),
  );
  assert.deepEqual([again.data.membership, again.data.cause, again.data.invited_by], ["invite", null, alice.id]);
  assert.deepEqual((await room.counts()).row, { joined: 2, invited: 2 });
});

test("MB1 an invite of somebody invited or joined changes nothing", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  assertOk(await bob.post(room.path("/invite"), { participant_id: carol.id, reason: "first" }));
  const invitee = await room.changesNothing(() =>
    alice.post(room.path("/invite"), { participant_id: carol.id, reason: "second" }),
  );
  assert.deepEqual(
    [invitee.status, invitee.data.membership, invitee.data.invited_by, invitee.data.reason],
    [200, "invite", bob.id, "first"],
  );
  const member = await room.changesNothing(() => bob.post(room.path("/invite"), { participant_id: alice.id }));
  assert.deepEqual([member.status, member.data.membership, member.data.power_level], [200, "join", 100]);
});

test("MB1 nobody but a joined member invites", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const hidden = new RoomUnderTest(server, await alice.roomWith([]), alice);
  const open = new RoomUnderTest(server, await alice.roomWith([], { room_type: "public" }), alice);
  const invite = (room: RoomUnderTest) => () => bob.post(room.path("/invite"), { participant_id: dave.id });

  await hidden.refuses(invite(hidden), 404, "SW_ROOM_NOT_FOUND");
  await open.refuses(invite(open), 403, "SW_ROOM_FORBIDDEN", "MB1");
  for (const room of [hidden, open]) {
    assertOk(await alice.post(room.path("/invite"), { participant_id: bob.id }));
    await room.refuses(invite(room), 403, "SW_ROOM_FORBIDDEN", "MB1");
    assertOk(await bob.post(room.path("/leave")));
  }
  await hidden.refuses(invite(hidden), 403, "SW_ROOM_FORBIDDEN", "VS3");
  await open.refuses(invite(open), 403, "SW_ROOM_FORBIDDEN", "MB1");
  for (const room of [hidden, open]) {
    assertOk(await alice.post(room.path("/ban"), { participant_id: bob.id }));
    await room.refuses(invite(room), 403, "SW_ROOM_FORBIDDEN", "MB2");
  }
  const stranger = server.person("eve", "other");
  await open.refuses(() => stranger.post(open.path("/invite"), { participant_id: carol.id }), 404, "SW_ROOM_NOT_FOUND");
});

test("MB3 nobody invites themselves or somebody who is not there", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const eve = await server.person("eve", "other").signIn();
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const invite = (body: unknown) => () => alice.post(room.path("/invite"), body);
  await room.refuses(invite({ participant_id: alice.id }), 400, "SW_REQUEST_INVALID");
  await room.refuses(invite({ fqid: alice.me.fqid }), 400, "SW_REQUEST_INVALID");
  for (const body of [
    { participant_id: "prt-nobody" },
    { participant_id: eve.id },
    { fqid: "@nobody:dev.localhost" },
  ]) {
    await room.refuses(invite(body), 404, "SW_PARTICIPANT_NOT_FOUND");
  }
  for (const fqid of [eve.me.fqid, "@nobody:other.localhost", "@nobody:nowhere.example"]) {
    await room.refuses(invite({ fqid }), 409, "SW_FED_NOT_FEDERATED");
  }
  await room.refuses(invite({}), 400, "SW_REQUEST_INVALID");
  await room.refuses(invite({ participant_id: bob.id, fqid: bob.me.fqid }), 400, "SW_REQUEST_INVALID");
});
