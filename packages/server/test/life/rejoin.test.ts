import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Person } from "@stairwell/testing";
import { joined, state } from "../members/expected.ts";
import { givePower, RoomUnderTest, startVerified } from "../members/room-under-test.ts";

const rejoin = (room: RoomUnderTest, who: Person) => () => who.post(room.path("/rejoin"));

test("LC5 a restore gives the room back exactly: members, power, invites, bans, markers", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave, erin] = await server.people("alice", "bob", "carol", "dave", "erin");
  const body = { room_type: "public", topic: "Plans", invite: [bob.id, carol.id, dave.id] };
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol], body), alice);
  await givePower(alice, room, bob, 50);
  assertOk(await alice.post(room.path("/ban"), { participant_id: erin.id, reason: "Enough." }));
  const read = await alice.say(room.id, "read");
  assertOk(await bob.put(room.path("/read"), { event_id: read.id }));
  await alice.say(room.id, "unread", { mentions: [bob.id] });

  const picture = async () => {
    const lists = ["join", "invite", "ban", "leave"].map((membership) =>
      alice.get(room.path(`/members?membership=${membership}`)),
    );
    const members = (await Promise.all(lists)).map((answer) => assertOk(answer).data);
    const views = await Promise.all([alice, bob, carol, dave].map((who) => who.get(room.path())));
    return [members, views.map((answer) => ({ ...assertOk(answer).data, head: null }))];
  };
  const before = await picture();
  assertOk(await alice.post(room.path("/archive")));
  assert.notDeepEqual(await picture(), before);
  const answer = await room.appends(rejoin(room, bob), state("open", bob));
  assert.deepEqual([answer.data.state, answer.data.archived_at], ["open", null]);
  assert.deepEqual(await picture(), before);
  assert.deepEqual(
    [answer.data.me.unread_count, answer.data.me.mention_count, answer.data.me.last_read_event_id],
    [1, 1, read.id],
  );
  assertOk(await carol.post(room.path("/send"), { content: { body: "Back again." } }));
});

test("LC5 a joined member restores who could archive: power 50, or the creator", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave, erin] = await server.people("alice", "bob", "carol", "dave", "erin");
  const body = { room_type: "public", invite: [bob.id, carol.id, dave.id] };
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol], body), alice);
  await givePower(alice, room, bob, 100);
  await givePower(alice, room, carol, 49);
  await givePower(alice, room, alice, 0);
  assertOk(await bob.post(room.path("/archive")));
  await room.refuses(rejoin(room, carol), 403, "SW_ROOM_FORBIDDEN", "LC5", { needed: 50, actual: 49 });
  await room.refuses(rejoin(room, dave), 403, "SW_ROOM_FORBIDDEN", "LC5");
  await room.refuses(rejoin(room, erin), 404, "SW_ROOM_NOT_FOUND");
  await room.appends(rejoin(room, alice), state("open", alice));
  assertOk(await bob.post(room.path("/archive")));
  await givePowerAfter(room, bob, carol);
  await room.appends(rejoin(room, carol), state("open", carol));
});

/** Power is set of an open room only. */
async function givePowerAfter(room: RoomUnderTest, admin: Person, who: Person): Promise<void> {
  assertOk(await admin.post(room.path("/rejoin")));
  await givePower(admin, room, who, 50);
  assertOk(await admin.post(room.path("/archive")));
}

test("LC5 somebody gone does not restore a room that others are in", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  for (const body of [{}, { room_type: "public" }]) {
    const room = new RoomUnderTest(server, await alice.roomWith([bob], body), bob);
    await givePower(alice, room, bob, 50);
    assertOk(await alice.post(room.path("/leave")));
    assertOk(await bob.post(room.path("/archive")));
    await room.refuses(rejoin(room, alice), 403, "SW_ROOM_FORBIDDEN", "VS3");
  }
});

test("LC5 on an open room rejoin acts as join", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const open = new RoomUnderTest(server, await alice.roomWith([], { room_type: "public" }), alice);
  const hidden = new RoomUnderTest(server, await alice.roomWith([], { invite: [bob.id] }), alice);
  await hidden.refuses(rejoin(hidden, carol), 404, "SW_ROOM_NOT_FOUND");
  for (const room of [open, hidden]) {
    const answer = await room.appends(rejoin(room, bob), joined(bob));
    assert.deepEqual([answer.data.id, answer.data.me.membership, answer.data.me.power_level], [room.id, "join", 0]);
    assertOk(await bob.post(room.path("/leave")));
  }
  await open.appends(rejoin(open, bob), joined(bob));
  await hidden.refuses(rejoin(hidden, bob), 403, "SW_ROOM_FORBIDDEN", "VS3");
});

test("LC4 rejoining an open room as a member changes nothing, whatever the power", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  for (const who of [alice, bob]) {
    const answer = await room.changesNothing(rejoin(room, who));
    assert.deepEqual([answer.status, answer.data.state, answer.data.me.membership], [200, "open", "join"]);
  }
});

test("LC5 either side restores a DM, also one who left it", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const opened = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id }));
  const room = new RoomUnderTest(server, opened.data.id, alice);
  assertOk(await alice.post(room.path("/archive")));
  await room.appends(rejoin(room, bob), state("open", bob));
  assertOk(await bob.post(room.path("/leave")));
  assertOk(await alice.post(room.path("/archive")));
  await room.appends(rejoin(room, bob), state("open", bob), joined(bob));
  const { data } = assertOk(await bob.get(room.path()));
  assert.deepEqual([data.me.power_level, data.members_count], [100, 2]);
});

test("LC5 a restore needs room in the tenant; a DM needs none", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([]), alice);
  assertOk(await alice.post(room.path("/archive")));
  const other = new RoomUnderTest(server, await alice.roomWith([]), alice);
  await server.setLimits({ max_rooms: 1 });
  await room.refuses(rejoin(room, alice), 409, "SW_TENANT_CAPACITY", "LC5");
  await other.changesNothing(rejoin(other, alice));
  assertOk(await alice.post(other.path("/archive")));
  await room.appends(rejoin(room, alice), state("open", alice));

  const opened = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id }));
  const dm = new RoomUnderTest(server, opened.data.id, alice);
  assertOk(await alice.post(dm.path("/archive")));
  await dm.appends(rejoin(dm, bob), state("open", bob));
});
