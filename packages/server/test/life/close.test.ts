import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { state } from "../members/expected.ts";
import { givePower, RoomUnderTest, startVerified } from "../members/room-under-test.ts";

test("LC6 closing needs power 100, and says why", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const close = () => bob.post(room.path("/close"), { reason: "For good." });
  for (const level of [0, 50, 99]) {
    await givePower(alice, room, bob, level);
    await room.refuses(close, 403, "SW_ROOM_FORBIDDEN", "LC6", { needed: 100, actual: level });
  }
  await givePower(alice, room, bob, 100);
  const answer = await room.appends(close, state("closed", bob, { reason: "For good." }));
  const [event] = (await alice.history(room.id)).slice(-1);
  assert.deepEqual(
    [answer.data.state, answer.data.closed_at, answer.data.archived_at],
    ["closed", event.created_at, null],
  );
});

test("LC6 the creator closes whatever their power, but only while joined", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const close = (room: RoomUnderTest) => () => alice.post(room.path("/close"));
  const open = new RoomUnderTest(server, await alice.roomWith([bob], { room_type: "public" }), bob);
  const hidden = new RoomUnderTest(server, await alice.roomWith([bob]), bob);
  for (const room of [open, hidden]) {
    await givePower(alice, room, bob, 100);
    assertOk(await alice.post(room.path("/leave")));
  }
  await open.refuses(close(open), 403, "SW_ROOM_FORBIDDEN", "LC6");
  await hidden.refuses(close(hidden), 403, "SW_ROOM_FORBIDDEN", "VS3");
  assertOk(await bob.post(hidden.path("/invite"), { participant_id: alice.id }));
  await hidden.refuses(close(hidden), 403, "SW_ROOM_FORBIDDEN", "LC6");
  for (const room of [open, hidden]) {
    assertOk(await alice.post(room.path("/join")));
    await room.appends(close(room), state("closed", alice));
  }
});

test("LC6 a banned creator does not hold the room", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { room_type: "public" }), bob);
  await givePower(alice, room, bob, 100);
  await givePower(alice, room, alice, 0);
  assertOk(await bob.post(room.path("/ban"), { participant_id: alice.id }));
  await room.refuses(() => alice.post(room.path("/close")), 403, "SW_ROOM_FORBIDDEN", "MB2");
  await room.refuses(() => alice.post(room.path("/archive")), 403, "SW_ROOM_FORBIDDEN", "MB2");
});

test("LC6 an archived room can be closed, and a closed one is never opened again", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { invite: [bob.id, carol.id] }), alice);
  const archived = assertOk(await alice.post(room.path("/archive")));
  await room.refuses(() => bob.post(room.path("/close")), 403, "SW_ROOM_FORBIDDEN", "LC6", { needed: 100, actual: 0 });
  const closed = await room.appends(() => alice.post(room.path("/close")), state("closed", alice));
  assert.equal(closed.data.archived_at, archived.data.archived_at);
  for (const who of [alice, bob, carol]) {
    await room.refuses(() => who.post(room.path("/rejoin")), 409, "SW_ROOM_FROZEN", "LC1");
  }
  await room.refuses(() => alice.post(room.path("/archive")), 409, "SW_ROOM_FROZEN", "LC1");
});

test("LC6 members of a closed room keep reading it, and find it in the directory of closed rooms", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave, erin] = await server.people("alice", "bob", "carol", "dave", "erin");
  const body = { room_type: "public", invite: [bob.id, carol.id, dave.id] };
  const room = new RoomUnderTest(server, await alice.roomWith([bob, dave], body), alice);
  await alice.say(room.id, "So long.");
  assertOk(await dave.post(room.path("/leave")));
  assertOk(await alice.post(room.path("/close")));
  const closed = async (who: typeof alice) =>
    assertOk(await who.get("/v1/directory/rooms?state=closed")).data.map(({ id }: { id: string }) => id);
  for (const who of [alice, bob]) {
    assert.deepEqual(await closed(who), [room.id]);
    assert.deepEqual(assertOk(await who.get("/v1/directory/rooms")).data, []);
    assert.deepEqual(await who.history(room.id), await alice.history(room.id));
    assert.equal(assertOk(await who.get(room.path())).data.state, "closed");
    assert.equal(assertOk(await who.get(room.path("/members"))).data.length, 2);
  }
  for (const who of [carol, dave, erin]) assert.deepEqual(await closed(who), []);
  assert.equal((await carol.get(room.path())).status, 200);
  assert.equal((await dave.get(room.path())).status, 403);
  assert.equal((await erin.get(room.path())).status, 404);
});

test("LC4 closing a closed room changes nothing for one who might have done it, and is 409 to others", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol, dave] = await server.people("alice", "bob", "carol", "dave");
  const room = new RoomUnderTest(
    server,
    await alice.roomWith([bob, carol], { invite: [bob.id, carol.id, dave.id] }),
    alice,
  );
  await givePower(alice, room, bob, 100);
  await givePower(alice, room, carol, 99);
  assertOk(await bob.post(room.path("/close"), { reason: "first" }));
  for (const who of [alice, bob]) {
    const again = await room.changesNothing(() => who.post(room.path("/close"), { reason: "second" }));
    assert.deepEqual([again.status, again.data.state], [200, "closed"]);
  }
  for (const who of [carol, dave])
    await room.refuses(() => who.post(room.path("/close")), 409, "SW_ROOM_FROZEN", "LC1");
});
