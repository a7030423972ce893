import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { automatic, joined, left, power, state } from "./expected.ts";
import { RoomUnderTest, startVerified } from "./room-under-test.ts";

test("MB16 the last one out archives the room in the same transaction; invites stay and wait", async (t) => {
  const server = await startVerified(t);
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  for (const body of [{}, { room_type: "public" }, { scope_kind: "incognito", close_on_leave: false }]) {
    const room = new RoomUnderTest(server, await alice.roomWith([bob], { ...body, invite: [bob.id, carol.id] }), alice);
    await room.appends(() => bob.post(room.path("/leave")), left(bob));
    const head = await room.head();
    assertOk(await alice.post(room.path("/leave")));
    assert.equal(await room.head(), head + 2);
    assert.equal(await room.state(), "archived");
    assert.deepEqual((await room.counts()).row, { joined: 0, invited: 1 });

    assert.equal(assertOk(await carol.get(room.path())).data.me.membership, "invite");
    await room.refuses(() => carol.post(room.path("/join")), 409, "SW_ROOM_FROZEN", "LC1");
    await room.refuses(() => carol.post(room.path("/rejoin")), 403, "SW_ROOM_FORBIDDEN");
    await room.refuses(() => bob.post(room.path("/join")), 403, "SW_ROOM_FORBIDDEN", "VS3");

    assertOk(await alice.post(room.path("/rejoin")));
    await room.recorded(
      head,
      left(alice),
      automatic(state("archived")),
      state("open", alice),
      joined(alice),
      automatic(power(alice, 100), 3),
    );
    await room.appends(() => carol.post(room.path("/join")), joined(carol));
  }
});

test("MB16 a room of one that is archived already takes the leave alone", async (t) => {
  const server = await startVerified(t);
  const alice = await server.person("alice").signIn();
  const room = new RoomUnderTest(server, await alice.roomWith([]), alice);
  assertOk(await alice.post(room.path("/archive")));
  await room.appends(() => alice.post(room.path("/leave")), left(alice));
  assert.deepEqual([await room.state(), (await room.counts()).row.joined], ["archived", 0]);
  await room.appends(
    () => alice.post(room.path("/rejoin")),
    state("open", alice),
    joined(alice),
    automatic(power(alice, 100), 1),
  );
});

test("MB16 both sides of a DM leaving archive it", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const opened = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id }));
  const room = new RoomUnderTest(server, opened.data.id, alice);
  assertOk(await bob.post(room.path("/leave")));
  assert.equal(await room.state(), "open");
  assertOk(await alice.post(room.path("/leave")));
  assert.equal(await room.state(), "archived");
});

test("MB16 MB15 two last members who leave at once leave an archived room, not a room without an admin", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  for (let round = 0; round < 5; round++) {
    const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
    const answers = await Promise.all([alice, bob].map((who) => who.post(room.path("/leave"))));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    );
    assert.deepEqual([await room.state(), (await room.counts()).row], ["archived", { joined: 0, invited: 0 }]);
  }
});
