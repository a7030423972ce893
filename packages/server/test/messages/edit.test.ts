import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, TestClock } from "@stairwell/testing";
import { RoomUnderTest } from "../members/room-under-test.ts";
import { openStage, unchanged } from "../support/stage.ts";
import { EventUnderTest, recordOf } from "./amend.ts";

test("EV3 an edit shows the newest content and the first, wherever the message is read", async (t) => {
  const clock = new TestClock();
  const { server, alice, bob } = await openStage(t, ["alice", "bob"], { clock });
  const room = await alice.roomWith([bob]);
  const said = await alice.say(room, "one");
  const event = new EventUnderTest(room, said);
  for (const body of ["two", "three"]) {
    clock.advance(1000);
    const { data } = assertOk(await event.edit(alice, { body, n: [1, { deep: true }] }));
    const edited_at = new Date(clock.now()).toISOString();
    const expected = { ...said, content: { body, n: [1, { deep: true }] }, original_content: said.content, edited_at };
    assert.deepEqual(data, expected);
    assert.deepEqual((await event.get(bob)).data, expected);
    assert.deepEqual((await bob.history(room)).at(-1), expected);
    assert.deepEqual((await bob.get(`/v1/rooms/${room}/messages?limit=1`)).data, [expected]);
  }
  const log = await recordOf(server, room);
  assert.deepEqual(
    log.slice(-3).map(({ event_type }) => event_type),
    ["swp.room.message", "swp.room.edit", "swp.room.edit"],
  );
  assert.equal(log.at(-1)!.content, `{"content":{"body":"three","n":[1,{"deep":true}]},"event_id":"${said.id}"}`);
  assert.equal(log.at(-3)!.content, '{"body":"one","msgtype":"swp.text"}', "what was said first stays on record");
});

test("EV3 only the sender edits, messages and custom events alone", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const event = new EventUnderTest(room.id, await bob.say(room.id, "bob's"));
  await room.refuses(() => event.edit(alice, { body: "alice's" }), 403, "SW_EDIT_FORBIDDEN", "EV3");
  await room.refuses(() => event.edit(carol, { body: "carol's" }), 404, "SW_ROOM_NOT_FOUND");
  const history = await alice.history(room.id);
  for (const { id } of history.slice(0, -1)) {
    const state = new EventUnderTest(room.id, { id });
    await room.refuses(() => state.edit(alice, { body: "x" }), 400, "SW_REQUEST_INVALID", "EV3");
  }
  const unknown = new EventUnderTest(room.id, { id: "evt-unknown" });
  await room.refuses(() => unknown.edit(bob, { body: "x" }), 404, "SW_EVENT_NOT_FOUND");
  const custom = assertOk(
    await bob.post(room.path("/send"), { event_type: "acme.deploy", content: { mentions: "not read", to: 1 } }),
  ).data;
  const edited = assertOk(await new EventUnderTest(room.id, custom).edit(bob, { mentions: [7], to: 2 })).data;
  assert.deepEqual(
    [edited.event_type, edited.content, edited.original_content],
    ["acme.deploy", { mentions: [7], to: 2 }, custom.content],
  );
});

test("EV3 an event of another room is unknown here", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const [one, other] = [await alice.roomWith([bob]), await alice.roomWith([bob])];
  const said = await alice.say(other, "elsewhere");
  const event = new EventUnderTest(one, said);
  assertRefused(await event.edit(alice, { body: "x" }), 404, "SW_EVENT_NOT_FOUND");
  assertRefused(await event.redact(alice), 404, "SW_EVENT_NOT_FOUND");
  assertRefused(await event.react(alice, "👍"), 404, "SW_EVENT_NOT_FOUND");
  assertRefused(await event.unreact(alice, "👍"), 404, "SW_EVENT_NOT_FOUND");
});

test("EV3 what is older than the tenant's time is not edited any more, to the millisecond", async (t) => {
  const clock = new TestClock();
  const { server, alice, bob } = await openStage(t, ["alice", "bob"], { clock });
  const room = await alice.roomWith([bob]);
  const event = new EventUnderTest(room, await alice.say(room, "one"));
  clock.advance(24 * 60 * 60 * 1000);
  assertOk(await event.edit(alice, { body: "two" }));
  clock.advance(1);
  const late = await event.edit(alice, { body: "three" });
  assertRefused(late, 409, "SW_EVENT_TOO_OLD_TO_EDIT", "EV3");
  assert.deepEqual(late.error.details, { edit_window_seconds: 86_400 });
  // Even the same content again: what may not be is refused before what changes nothing (AP1).
  assertRefused(await event.edit(alice, { body: "two" }), 409, "SW_EVENT_TOO_OLD_TO_EDIT");
  await server.setLimits({ edit_window_seconds: null });
  assertOk(await event.edit(alice, { body: "three" }));
  await server.setLimits({ edit_window_seconds: 0 });
  assertRefused(await event.edit(alice, { body: "four" }), 409, "SW_EVENT_TOO_OLD_TO_EDIT");
  assertOk(await new EventUnderTest(room, await alice.say(room, "now")).edit(alice, { body: "at once" }));
});

test("EV3 the same content again appends nothing", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const said = await alice.say(room, "one", { mentions: [bob.id] });
  const event = new EventUnderTest(room, said);
  const same = await unchanged(server, () =>
    event.edit(alice, { mentions: [bob.me.fqid], msgtype: "swp.text", body: "one" }),
  );
  assert.deepEqual(assertOk(same).data, said);
  assertOk(await event.edit(alice, { body: "two" }));
  assertOk(await unchanged(server, () => event.edit(alice, { body: "two" })));
  const back = assertOk(await event.edit(alice, said.content)).data;
  assert.deepEqual([back.content, back.original_content], [said.content, said.content]);
  assert.notEqual(back.edited_at, null);
});

test("EV2 EV6 an edit is held to what a message is", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const event = new EventUnderTest(room.id, await alice.say(room.id, "one"));
  const full = (bytes: number) => ({ body: "x".repeat(bytes - '{"body":""}'.length) });
  await room.refuses(() => event.edit(alice, full(65_537)), 413, "SW_CONTENT_TOO_LARGE");
  assertOk(await event.edit(alice, full(65_536)));
  const nested = (depth: number): object => (depth === 1 ? {} : { a: nested(depth - 1) });
  await room.refuses(() => event.edit(alice, nested(33)), 400, "SW_REQUEST_INVALID");
  const deep = assertOk(await event.edit(alice, nested(32))).data;
  assert.deepEqual(deep.content, nested(32));
  for (const mentions of ["x", [1], [""], Array.from({ length: 101 }, () => "@room")]) {
    await room.refuses(() => event.edit(alice, { mentions }), 400, "SW_REQUEST_INVALID");
  }
  await room.refuses(() => event.edit(alice, { mentions: ["prt-nobody"] }), 404, "SW_PARTICIPANT_NOT_FOUND");
  const { data } = assertOk(await event.edit(alice, { mentions: [bob.me.fqid, bob.id] }));
  assert.deepEqual(data.content.mentions, [bob.id]);
});

test("EV6 an edit moves the mentions, and leaves what the message answers", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = await alice.roomWith([bob, carol]);
  const mentions = async () =>
    Promise.all([bob, carol].map(async (who) => (await who.get(`/v1/rooms/${room}`)).data.me.mention_count));
  const event = new EventUnderTest(room, await alice.say(room, "hi", { mentions: [bob.id] }));
  assert.deepEqual(await mentions(), [1, 0]);
  assertOk(await event.edit(alice, { mentions: [carol.id] }));
  assert.deepEqual(await mentions(), [0, 1]);
  assertOk(await event.edit(alice, { mentions: ["@room"] }));
  assert.deepEqual(await mentions(), [1, 1]);
  assertOk(await event.edit(alice, {}));
  assert.deepEqual(await mentions(), [0, 0]);

  const question = await bob.say(room, "question?");
  const other = await carol.say(room, "other?");
  const answer = new EventUnderTest(room, await alice.say(room, "answer", { reply_to_event_id: question.id }));
  for (const content of [{ body: "a" }, { body: "b", reply_to_event_id: other.id }, { reply_to_event_id: 7 }]) {
    const edited = await answer.edit(alice, content);
    if (typeof content.reply_to_event_id === "number") assertRefused(edited, 400, "SW_REQUEST_INVALID");
    else assert.equal(assertOk(edited).data.content.reply_to_event_id, question.id);
  }
  assert.equal((await new EventUnderTest(room, question).get(bob)).data.reply_count, 1);
  const plain = new EventUnderTest(room, await alice.say(room, "no answer"));
  const { data } = assertOk(await plain.edit(alice, { body: "still none", reply_to_event_id: question.id }));
  assert.deepEqual(data.content, { body: "still none" });
  assert.equal((await new EventUnderTest(room, question).get(bob)).data.reply_count, 1);
});
