import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import { automatic, banned, left, removed, state } from "../members/expected.ts";
import { givePower, RoomUnderTest, startVerified } from "../members/room-under-test.ts";

const KINDS = { "an incognito room": { room_type: "incognito" }, "an incognito group": { scope_kind: "incognito" } };

/** Alice, who made the room, goes by bob's hand: she first gives up her power. */
async function giveUp(room: RoomUnderTest, alice: Person, bob: Person): Promise<void> {
  await givePower(alice, room, bob, 100);
  await givePower(alice, room, alice, 0);
}

for (const [kind, body] of Object.entries(KINDS)) {
  test(`${kind} closes when its creator leaves, in the same transaction, and nobody inherits it`, async (t) => {
    const server = await startVerified(t);
    const [alice, bob] = await server.people("alice", "bob");
    for (const close_on_leave of [undefined, true]) {
      const room = new RoomUnderTest(server, await alice.roomWith([bob], { ...body, close_on_leave }), bob);
      await room.appends(() => alice.post(room.path("/leave")), left(alice), automatic(state("closed")));
      assert.equal(await room.state(), "closed");
      await room.refuses(
        () => bob.post(room.path("/send"), { content: { body: "Alice?" } }),
        409,
        "SW_ROOM_FROZEN",
        "LC1",
      );
      await room.refuses(() => bob.post(room.path("/rejoin")), 409, "SW_ROOM_FROZEN", "LC1");
    }
  });

  test(`${kind} closes when its creator is kicked or banned`, async (t) => {
    const server = await startVerified(t);
    const [alice, bob] = await server.people("alice", "bob");
    for (const [verb, event] of [
      ["kick", removed(alice, bob, "kicked")],
      ["ban", banned(alice, bob)],
    ] as const) {
      const room = new RoomUnderTest(server, await alice.roomWith([bob], body), bob);
      await giveUp(room, alice, bob);
      const go = () => bob.post(room.path(`/${verb}`), { participant_id: alice.id });
      await room.appends(go, event, automatic(state("closed")));
    }
  });

  test(`${kind} that is archived closes with its creator too, and so does one of its creator alone`, async (t) => {
    const server = await startVerified(t);
    const [alice, bob] = await server.people("alice", "bob");
    const archived = new RoomUnderTest(server, await alice.roomWith([bob], body), bob);
    assertOk(await bob.get(archived.path()));
    assertOk(await alice.post(archived.path("/archive")));
    await archived.appends(() => alice.post(archived.path("/leave")), left(alice), automatic(state("closed")));

    const alone = new RoomUnderTest(server, await alice.roomWith([], { ...body, invite: [bob.id] }), alice);
    const head = await alone.head();
    assertOk(await alice.post(alone.path("/leave")));
    assert.deepEqual([await alone.state(), await alone.head()], ["closed", head + 2]);
    await alone.refuses(() => bob.post(alone.path("/join")), 409, "SW_ROOM_FROZEN", "LC1");
    assertOk(await bob.post(alone.path("/leave")));
  });

  test(`${kind} stays open when somebody else goes, or its creator where it does not close on leave`, async (t) => {
    const server = await startVerified(t);
    const [alice, bob, carol] = await server.people("alice", "bob", "carol");
    const room = new RoomUnderTest(server, await alice.roomWith([bob, carol], body), alice);
    await givePower(alice, room, bob, 100);
    await room.appends(() => bob.post(room.path("/leave")), left(bob));
    assert.equal(await room.state(), "open");

    const lasting = new RoomUnderTest(
      server,
      await alice.roomWith([bob, carol], { ...body, close_on_leave: false }),
      carol,
    );
    await givePower(alice, lasting, bob, 100);
    await lasting.appends(() => alice.post(lasting.path("/leave")), left(alice));
    assert.equal(await lasting.state(), "open");
  });
}

test("a room that is not incognito never closes on leave", async (t) => {
  const server = await startVerified(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = new RoomUnderTest(server, await alice.roomWith([bob], { close_on_leave: false }), bob);
  assertOk(await alice.post(room.path("/leave")));
  assert.equal(await room.state(), "open");
  const wrong = await alice.post("/v1/rooms", { room_type: "group", name: "A room", close_on_leave: true });
  assertRefused(wrong, 400, "SW_ROOM_TYPE_INVARIANT");
});
