import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, atOnce, type Person, rounds } from "@stairwell/testing";
import { openStage, unchanged } from "../support/stage.ts";

const send = (who: Person, room: string, event_uuid: string, content: object, more: object = {}) =>
  who.post(`/v1/rooms/${room}/send`, { content, event_uuid, ...more });

test("EV1 a repeat answers the same event, 201 and whole, and appends nothing", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const content = { body: "once", mentions: [bob.id, bob.me.fqid], list: [1, { b: 2, a: null }] };
  const first = await send(alice, room, "u-1", content);
  assert.equal(first.status, 201);
  await unchanged(server, async () => {
    const same = [
      content,
      { list: [1, { a: null, b: 2 }], mentions: [bob.me.fqid], body: "once" },
      { body: "\u006fnce", mentions: [bob.id], list: [1.0, { b: 2, a: null }] },
    ];
    for (const repeated of same) {
      const again = await send(alice, room, "u-1", repeated, { event_type: "swp.room.message" });
      assert.deepEqual([again.status, again.data], [201, first.data]);
    }
  });
});

test("EV1 a repeat with other content or type is a conflict and changes nothing", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const room = await alice.roomWith([]);
  await send(alice, room, "u-1", { body: "once" });
  await send(alice, room, "u-2", { body: "once" }, { event_type: "acme.deploy" });
  await unchanged(server, async () => {
    for (const content of [{}, { body: "once " }, { body: "once", more: null }, { body: ["once"] }, { Body: "once" }]) {
      assertRefused(await send(alice, room, "u-1", content), 409, "SW_IDEMPOTENCY_CONFLICT", "EV1");
    }
    const otherType = { event_type: "acme.deploy" };
    assertRefused(await send(alice, room, "u-1", { body: "once" }, otherType), 409, "SW_IDEMPOTENCY_CONFLICT", "EV1");
    assertRefused(await send(alice, room, "u-2", { body: "once" }), 409, "SW_IDEMPOTENCY_CONFLICT", "EV1");
    assertRefused(
      await send(alice, room, "u-2", { body: "once" }, { event_type: "acme.rollback" }),
      409,
      "SW_IDEMPOTENCY_CONFLICT",
      "EV1",
    );
  });
});

test("EV1 an event_uuid is its sender's and its room's: others use the same for events of their own", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const rooms = [await alice.roomWith([bob]), await alice.roomWith([bob])];
  const ids = new Set<string>();
  for (const room of rooms) {
    for (const who of [alice, bob])
      ids.add(assertOk(await send(who, room, "the-same", { by: who.name, room })).data.id);
  }
  assert.equal(ids.size, 4);
});

test("EV1 of equal sends at once one is appended, and all are answered with it", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  await server.liftLimits();
  const room = await alice.roomWith([bob]);
  for (let round = 0; round < rounds(50); round++) {
    const before = (await alice.history(room)).length;
    const answers = await atOnce(8, () => send(alice, room, `round-${round}`, { round }));
    for (const { status, data } of answers) assert.deepEqual([status, data], [201, answers[0]!.data]);
    assert.equal((await alice.history(room)).length, before + 1);
  }
});

test("EV1 of different sends at once under one event_uuid one is appended, the others are conflicts", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  await server.liftLimits();
  const room = await alice.roomWith([]);
  const answers = await atOnce(8, (i) => send(alice, room, "one", { i }));
  const statuses = Map.groupBy(answers, ({ status }) => status);
  assert.deepEqual([statuses.get(201)?.length, statuses.get(409)?.length], [1, 7]);
});

test("EV1 a repeat is answered after the sender came back, and in a room that froze since", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob], { room_type: "public" });
  const first = assertOk(await send(bob, room, "u-1", { body: "once" })).data;
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  assertRefused(await unchanged(server, () => send(bob, room, "u-1", { body: "once" })), 403, "SW_ROOM_FORBIDDEN");
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  for (const verb of ["archive", "close"]) {
    assert.equal((await unchanged(server, () => send(bob, room, "u-1", { body: "once" }))).data.id, first.id);
    assertOk(await alice.post(`/v1/rooms/${room}/${verb}`));
  }
  assert.equal((await unchanged(server, () => send(bob, room, "u-1", { body: "once" }))).data.id, first.id);
  assertRefused(await unchanged(server, () => send(bob, room, "u-2", { body: "new" })), 409, "SW_ROOM_FROZEN", "LC1");
});

test("EV1 a refused send does not use up its event_uuid", async (t) => {
  const { alice } = await openStage(t, ["alice"]);
  const room = await alice.roomWith([]);
  assertRefused(await send(alice, room, "u-1", { mentions: ["prt-none"] }), 404, "SW_PARTICIPANT_NOT_FOUND");
  assertRefused(await send(alice, room, "u-1", { reply_to_event_id: "evt-none" }), 404, "SW_EVENT_NOT_FOUND");
  assert.equal((await send(alice, room, "u-1", { body: "well formed" })).status, 201);
});

test("EV1 an event_uuid is 1 to 128 visible ASCII characters", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const room = await alice.roomWith([]);
  for (const event_uuid of ["!", "~".repeat(128), "550e8400-e29b-41d4-a716-446655440000", "'\"\\/%<>", "__proto__"]) {
    assert.equal((await send(alice, room, event_uuid, { event_uuid })).status, 201);
  }
  await unchanged(server, async () => {
    for (const event_uuid of ["", " ", "a b", "x".repeat(129), "\u00e9", "\n", "a\0", "\u007f", null, 7]) {
      assertRefused(await send(alice, room, event_uuid as string, {}), 400, "SW_REQUEST_INVALID");
    }
  });
});

test("EV1 a repeat costs nothing of the sender's send_rate", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const room = await alice.roomWith([]);
  // Filled too slowly to matter here.
  await server.setLimits({ send_rate: { per_second: 0.0001, burst: 3 } });
  assert.equal((await send(alice, room, "u-1", {})).headers.get("ratelimit-remaining"), "2");
  for (let i = 0; i < 5; i++) {
    const again = await send(alice, room, "u-1", {});
    assert.deepEqual([again.status, again.headers.get("ratelimit-remaining")], [201, "2"]);
  }
  assert.equal(
    (await send(alice, room, "u-1", { other: true })).headers.get("ratelimit-remaining"),
    "1",
    "refusals cost as much",
  );
  assert.equal((await send(alice, room, "u-2", {})).headers.get("ratelimit-remaining"), "0");
  assertRefused(await send(alice, room, "u-2", {}), 429, "SW_RATE_LIMIT_EXCEEDED");
});
