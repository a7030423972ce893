import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, atOnce, rounds } from "@stairwell/testing";
import { joined, state } from "../members/expected.ts";
import { dmWith, openDm } from "./open-dm.ts";

test("DM4 an archived DM is restored by POST /rooms/dm of either side, 200", async (t) => {
  const { alice, bob, dm } = await openDm(t);
  for (const [one, other] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    assertOk(await other.post(dm.path("/archive")));
    const opened = await dm.appends(() => dmWith(one, other), state("open", one));
    assert.deepEqual(
      [opened.status, opened.data.id, opened.data.state, opened.data.archived_at],
      [200, dm.id, "open", null],
    );
  }
});

test("DM4 an archived DM is restored by rejoin of either side that is still in it", async (t) => {
  const { alice, bob, dm } = await openDm(t);
  for (const [one, other] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    assertOk(await one.post(dm.path("/archive")));
    await dm.appends(() => other.post(dm.path("/rejoin")), state("open", other));
  }
});

test("DM4 a side that left restores an archived DM by rejoin, and is in it with power 100", async (t) => {
  const { alice, bob, dm } = await openDm(t);
  assertOk(await alice.post(dm.path("/leave")));
  assertOk(await bob.post(dm.path("/archive")));
  const back = await dm.appends(() => alice.post(dm.path("/rejoin")), state("open", alice), joined(alice));
  assert.deepEqual([back.data.state, back.data.members_count, back.data.me.power_level], ["open", 2, 100]);
});

test("DM4 where both left, one that rejoins is alone until a message brings back the other", async (t) => {
  const { alice, bob, dm, id } = await openDm(t);
  assertOk(await alice.post(dm.path("/leave")));
  assertOk(await bob.post(dm.path("/leave")));
  const back = await dm.appends(() => alice.post(dm.path("/rejoin")), state("open", alice), joined(alice));
  assert.deepEqual([back.data.members_count, back.data.me.power_level], [1, 100]);
  assertRefused(await bob.get(dm.path()), 403, "SW_ROOM_FORBIDDEN", "VS3");
  await alice.say(id, "hello again");
  assert.equal(assertOk(await bob.get(dm.path())).data.members_count, 2);
});

test("DM4 a message into an archived DM is refused as frozen and brings nobody back", async (t) => {
  const { alice, bob, dm } = await openDm(t);
  assertOk(await bob.post(dm.path("/leave")));
  assertOk(await alice.post(dm.path("/archive")));
  await dm.refuses(() => alice.post(dm.path("/send"), { content: {} }), 409, "SW_ROOM_FROZEN", "LC1");
});

test("DM4 however leaving, sending and opening meet, the pair keeps one open room with one history", async (t) => {
  const { server, alice, bob, dm, id } = await openDm(t);
  await server.liftLimits();
  for (let round = 0; round < rounds(60); round++) {
    const answers = await atOnce(6, (i) => {
      const [one, other] = (i + round) % 2 === 0 ? [alice, bob] : [bob, alice];
      if (i < 2) return one.post(dm.path("/leave"));
      return i < 4 ? dmWith(one, other) : one.post(dm.path("/send"), { content: { round } });
    });
    for (const { status, error, data } of answers) {
      // Who has left, or finds both gone, cannot send; everything else succeeds.
      assert(
        status < 300 || error.code === "SW_ROOM_FORBIDDEN" || error.code === "SW_ROOM_FROZEN",
        `${status} ${error?.code}`,
      );
      if (data?.room_type === "dm") assert.equal(data.id, id);
    }
    const settled = assertOk(await dmWith(alice, bob));
    assert.deepEqual(
      [settled.status, settled.data.id, settled.data.members_count, settled.data.state],
      [200, id, 2, "open"],
    );
  }
});

test("DM5 a closed DM stays closed and is read on; the next POST /rooms/dm makes a new one", async (t) => {
  const { alice, bob, dm, id } = await openDm(t);
  await alice.say(id, "before the end");
  await dm.appends(() => bob.post(dm.path("/close")), state("closed", bob));
  const next = await dmWith(alice, bob);
  assert.equal(next.status, 201);
  assert.notEqual(next.data.id, id);
  assert.deepEqual([(await dmWith(bob, alice)).status, (await dmWith(bob, alice)).data.id], [200, next.data.id]);
  for (const side of [alice, bob]) {
    assert.equal(assertOk(await side.get(dm.path())).data.state, "closed");
    assert.equal((await side.history(id)).at(-2).content.body, "before the end");
    await dm.refuses(() => side.post(dm.path("/send"), { content: {} }), 409, "SW_ROOM_FROZEN", "LC1");
    await dm.refuses(() => side.post(dm.path("/rejoin")), 409, "SW_ROOM_FROZEN", "LC1");
    const listed = assertOk(await side.get("/v1/directory/rooms")).data;
    assert.deepEqual(
      listed.map((room: { id: string }) => room.id),
      [next.data.id],
    );
    const closed = assertOk(await side.get("/v1/directory/rooms?state=closed")).data;
    assert.deepEqual(
      closed.map((room: { id: string }) => room.id),
      [id],
    );
  }
  assert.equal((await alice.history(next.data.id)).length, 3, "the new one has a history of its own");
});

test("DM5 after a side left a DM that is closed, the next is new as well", async (t) => {
  const { alice, bob, dm, id } = await openDm(t);
  assertOk(await bob.post(dm.path("/leave")));
  assertOk(await alice.post(dm.path("/close")));
  const next = await dmWith(bob, alice);
  assert.equal(next.status, 201);
  assert.notEqual(next.data.id, id);
});
