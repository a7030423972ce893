import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { state } from "../members/expected.ts";
import { givePower, RoomUnderTest, startVerified } from "../members/room-under-test.ts";

test("LC2 a member with power 50 archives a room, and says why", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  await givePower(alice, room, bob, 49);
  const archive = () => bob.post(room.path("/archive"), { reason: "It is done." });
  await room.refuses(archive, 403, "SW_ROOM_FORBIDDEN", "LC2", { needed: 50, actual: 49 });
  await givePower(alice, room, bob, 50);
  const answer = await room.appends(archive, state("archived", bob, { reason: "It is done." }));
  assert.equal(answer.data.state, "archived");
  const [event] = (await alice.history(room.id)).slice(-1);
  assert.equal(answer.data.archived_at, event.created_at);
  assert.equal(answer.data.closed_at, null);
});

test("LC2 the creator archives whatever their power, while joined", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { room_type: "public" }), bob);
  await givePower(alice, room, bob, 100);
  assertOk(await alice.post(room.path("/leave")));
  const archive = () => alice.post(room.path("/archive"));
  await room.refuses(archive, 403, "SW_ROOM_FORBIDDEN", "LC2");
  assertOk(await alice.post(room.path("/join")));
  assert.equal(assertOk(await alice.get(room.path())).data.me.power_level, 0);
  await room.appends(archive, state("archived", alice));
});

test("LC2 either side archives a DM", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  for (const other of [bob, carol]) {
    const opened = assertOk(await alice.post("/v1/rooms/dm", { participant_id: other.id }));
    const room = new RoomUnderTest(server, opened.data.id, alice);
    const by = other === bob ? alice : other;
    await room.appends(() => by.post(room.path("/archive")), state("archived", by));
  }
});

test("LC2 nobody but a joined member archives", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const hidden = new RoomUnderTest(server, await alice.roomWith([]), alice);
  const open = new RoomUnderTest(server, await alice.roomWith([], { room_type: "public" }), alice);
  const archive = (room: RoomUnderTest) => () => bob.post(room.path("/archive"));
  await hidden.refuses(archive(hidden), 404, "SW_ROOM_NOT_FOUND");
  await open.refuses(archive(open), 403, "SW_ROOM_FORBIDDEN", "LC2");
  for (const room of [hidden, open]) {
    assertOk(await alice.post(room.path("/invite"), { participant_id: bob.id }));
    await room.refuses(archive(room), 403, "SW_ROOM_FORBIDDEN", "LC2");
    assertOk(await bob.post(room.path("/join")));
    await givePower(alice, room, bob, 50);
    assertOk(await bob.post(room.path("/leave")));
    await room.refuses(archive(room), 403, "SW_ROOM_FORBIDDEN");
  }
});

test("LC2 an archived room is out of unread totals and the directory at once, and back by a restore", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { room_type: "public" }), alice);
  await alice.say(room.id, "Have you seen this?", { mentions: [bob.id] });
  const unread = async () => {
    const { rooms, totals } = assertOk(await bob.get("/v1/rooms/unread")).data;
    return [rooms.length, totals.unread_count, totals.mention_count];
  };
  const listed = async (who: typeof alice) => assertOk(await who.get("/v1/directory/rooms")).data.length;
  assert.deepEqual(await unread(), [1, 1, 1]);
  assertOk(await alice.post(room.path("/archive")));
  assert.deepEqual(await unread(), [0, 0, 0]);
  for (const who of [alice, bob, carol]) assert.equal(await listed(who), 0);
  assert.equal((await carol.get(room.path())).status, 404);
  assertOk(await alice.post(room.path("/rejoin")));
  assert.deepEqual(await unread(), [1, 1, 1]);
  for (const who of [alice, bob, carol]) assert.equal(await listed(who), 1);
});

test("LC4 archiving an archived room changes nothing for one who might have done it, and is 409 to others", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const room = new RoomUnderTest(
    server,
    await alice.roomWith([bob, carol], { invite: [bob.id, carol.id, dave.id] }),
    alice,
  );
  await givePower(alice, room, bob, 50);
  await givePower(alice, room, carol, 49);
  assertOk(await bob.post(room.path("/archive"), { reason: "first" }));
  for (const who of [alice, bob]) {
    const again = await room.changesNothing(() => who.post(room.path("/archive"), { reason: "second" }));
    assert.deepEqual([again.status, again.data.state], [200, "archived"]);
  }
  for (const who of [carol, dave]) {
    await room.refuses(() => who.post(room.path("/archive")), 409, "SW_ROOM_FROZEN", "LC1");
  }
  assertOk(await alice.post(room.path("/close")));
  await room.refuses(() => alice.post(room.path("/archive")), 409, "SW_ROOM_FROZEN", "LC1");
});
