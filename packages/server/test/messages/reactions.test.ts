import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { RoomUnderTest } from "../members/room-under-test.ts";
import { openStage, unchanged } from "../support/stage.ts";
import { EventUnderTest } from "./amend.ts";

test("EV5 reactions are counted by emoji, in the order of the earliest that stands, and say whether one is one's own", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = await alice.roomWith([bob, carol]);
  const event = new EventUnderTest(room, await alice.say(room, "one"));
  const seenBy = async (who: typeof alice) =>
    (await event.get(who)).data.reactions.map((r: { emoji: string; count: number; me: boolean }) => [
      r.emoji,
      r.count,
      r.me,
    ]);
  const first = assertOk(await event.react(bob, "👍")).data;
  assert.deepEqual(first, { reactions: [{ emoji: "👍", count: 1, me: true }] });
  for (const [who, emoji] of [
    [carol, "🎉"],
    [carol, "👍"],
    [alice, "🎉"],
    [bob, ":ship_it:"],
  ] as const) {
    assertOk(await event.react(who, emoji));
  }
  const all = [
    ["👍", 2],
    ["🎉", 2],
    [":ship_it:", 1],
  ] as const;
  const mine = { alice: [false, true, false], bob: [true, false, true], carol: [true, true, false] };
  for (const who of [alice, bob, carol]) {
    const expected = all.map((row, i) => [...row, mine[who.name as keyof typeof mine][i]]);
    assert.deepEqual(await seenBy(who), expected);
    const listed = (await who.history(room)).at(-1).reactions;
    assert.deepEqual(
      listed.map((r: { emoji: string; count: number; me: boolean }) => [r.emoji, r.count, r.me]),
      expected,
    );
  }
  // The first thumb goes: the next one came after the first cracker.
  assert.deepEqual(
    assertOk(await event.unreact(bob, "👍")).data.reactions.map((r: { emoji: string }) => r.emoji),
    ["🎉", "👍", ":ship_it:"],
  );
  assertOk(await event.react(bob, "👍"));
  assert.deepEqual(await seenBy(bob), [
    ["🎉", 2, false],
    ["👍", 2, true],
    [":ship_it:", 1, true],
  ]);
  assertOk(await event.unreact(bob, ":ship_it:"));
  assert.deepEqual((await seenBy(bob)).length, 2);
});

test("EV5 adding what stands and removing what does not append nothing", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const event = new EventUnderTest(room, await alice.say(room, "one"));
  assert.deepEqual(assertOk(await unchanged(server, () => event.unreact(bob, "👍"))).data, { reactions: [] });
  const once = assertOk(await event.react(bob, "é")).data;
  for (const same of ["é", "e\u0301"]) {
    assert.deepEqual(assertOk(await unchanged(server, () => event.react(bob, same))).data, once);
  }
  assertOk(await unchanged(server, () => event.unreact(alice, "é")));
  assert.deepEqual(assertOk(await event.unreact(bob, "e\u0301")).data, { reactions: [] });
  assertOk(await unchanged(server, () => event.unreact(bob, "é")));
  assert.deepEqual(assertOk(await event.react(bob, "é")).data, once);
});

test("EV5 an emoji is one grapheme or a shortcode of at most 64 bytes", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const event = new EventUnderTest(room.id, await alice.say(room.id, "one"));
  for (const emoji of ["", "👍👍", "no", " ", "\u200b", ":UP:", `:${"x".repeat(63)}:`, "x" + "\u0323".repeat(32)]) {
    await room.refuses(() => event.react(bob, emoji), 400, "SW_REQUEST_INVALID");
    await room.refuses(() => event.unreact(bob, emoji), 400, "SW_REQUEST_INVALID");
  }
  for (const emoji of ["👩‍👩‍👧‍👦", `:${"x".repeat(62)}:`]) {
    assert.equal(assertOk(await event.react(bob, emoji)).data.reactions.at(-1).emoji, emoji);
  }
});

test("EV5 state events take reactions, and what is about another event takes none", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const [joined] = (await alice.history(room.id)).slice(-1);
  assert.equal(joined.event_type, "swp.room.member");
  assertOk(await new EventUnderTest(room.id, joined).react(alice, "👋"));
  assert.deepEqual((await bob.history(room.id)).at(-1).reactions, [{ emoji: "👋", count: 1, me: false }]);
  const event = new EventUnderTest(room.id, await alice.say(room.id, "one"));
  assertOk(await event.edit(alice, { body: "two" }));
  assertOk(await event.redact(alice));
  const about = await server.db.all<{ event_id: string }>(
    "SELECT event_id FROM events WHERE event_type IN ('swp.room.edit', 'swp.room.reaction', 'swp.room.redaction')",
  );
  assert.equal(about.length, 3);
  for (const { event_id: id } of about) {
    const call = () => new EventUnderTest(room.id, { id }).react(bob, "👍");
    await room.refuses(call, 400, "SW_REQUEST_INVALID", "EV5");
  }
});

test("EV5 fifty different emoji stand on one event, and any number of people with each", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  await server.liftLimits();
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const event = new EventUnderTest(room.id, await alice.say(room.id, "one"));
  for (let n = 1; n <= 50; n++) assertOk(await event.react(n % 2 === 0 ? alice : bob, `:e${n}:`));
  const full = await room.refuses(() => event.react(bob, ":e51:"), 409, "SW_EVENT_CAPACITY", "EV5");
  assert.deepEqual(full.error.details, { max_emojis: 50 });
  assertOk(await event.react(bob, ":e2:"));
  assertOk(await unchanged(server, () => event.react(bob, ":e1:")));
  assertOk(await event.unreact(bob, ":e1:"));
  const { reactions } = assertOk(await event.react(bob, ":e51:")).data;
  assert.equal(reactions.length, 50);
  assert.equal(reactions.at(-1).emoji, ":e51:");
});

test("DM4 a message brings back the side that left, an edit or a reaction does not", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const opened = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data;
  const room = new RoomUnderTest(server, opened.id, alice);
  const event = new EventUnderTest(room.id, await alice.say(room.id, "one"));
  assertOk(await bob.post(room.path("/leave")));
  const before = await room.counts();
  assertOk(await event.edit(alice, { body: "two" }));
  assertOk(await event.react(alice, "👍"));
  assertOk(await event.redact(alice));
  assert.deepEqual(await room.counts(), before);
  await alice.say(room.id, "three");
  assert.equal((await room.counts()).counted.joined, 2);
});
