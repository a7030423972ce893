import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, tablesOf, TestClock } from "@stairwell/testing";
import { givePower, RoomUnderTest } from "../members/room-under-test.ts";
import { openStage, unchanged } from "../support/stage.ts";
import { EventUnderTest, recordOf } from "./amend.ts";

test("EV4 DEL1 a redaction leaves who, when and the hashes, and takes what was said, its edits and its reactions", async (t) => {
  const clock = new TestClock();
  const { server, alice, bob } = await openStage(t, ["alice", "bob"], { clock });
  const room = await alice.roomWith([bob]);
  const said = await alice.say(room, "the secret word");
  const event = new EventUnderTest(room, said);
  assertOk(await event.edit(alice, { body: "the secret words" }));
  assertOk(await event.react(bob, ":secret:"));
  assertOk(await event.react(alice, "🤫"));
  assertOk(await event.unreact(alice, "🤫"));
  const kept = await alice.say(room, "something else");
  const before = await recordOf(server, room);
  clock.advance(1000);
  const redacted = assertOk(await event.redact(alice, { reason: "slip" })).data;
  const redacted_at = new Date(clock.now()).toISOString();
  const expected = { ...said, content: null, redacted_at };
  assert.deepEqual(redacted, expected);
  for (const who of [alice, bob]) {
    assert.deepEqual((await event.get(who)).data, expected);
    assert.deepEqual((await who.history(room)).slice(-2), [expected, kept]);
  }

  const after = await recordOf(server, room);
  const gone = after.filter(({ content }) => content === null);
  assert.deepEqual(
    gone.map(({ event_type }) => event_type),
    ["swp.room.message", "swp.room.edit", "swp.room.reaction", "swp.room.reaction", "swp.room.reaction"],
  );
  assert(gone.every(({ salt }) => salt === null));
  assert.deepEqual(
    after.slice(0, -1).map(({ hash }) => hash),
    before.map(({ hash }) => hash),
  );
  assert.equal(after.at(-1)!.content, `{"event_id":"${said.id}","reason":"slip"}`);
  for (const name of await tablesOf(server.db)) {
    for (const row of await server.db.all<Record<string, unknown>>(`SELECT * FROM "${name}"`)) {
      for (const value of Object.values(row)) assert.doesNotMatch(String(value), /secret|🤫/, name);
    }
  }
});

test("EV4 DEL1 what a redaction took shows in none of the events that it was in", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const event = new EventUnderTest(room, await alice.say(room, "word"));
  assertOk(await event.edit(alice, { body: "words" }));
  assertOk(await event.react(bob, "👍"));
  assertOk(await event.redact(alice));
  const ids = await server.db.all<{ event_id: string }>(
    "SELECT event_id FROM events WHERE event_type IN ('swp.room.edit', 'swp.room.reaction')",
  );
  assert.equal(ids.length, 2);
  for (const { event_id: id } of ids) {
    const { data } = assertOk(await new EventUnderTest(room, { id }).get(bob));
    assert.equal(data.content, null);
    assert.notEqual(data.redacted_at, null);
  }
});

test("EV4 one redacts one's own, and from power 50 another's, the creator's too", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = new RoomUnderTest(server, await alice.roomWith([bob, carol]), alice);
  for (const level of [0, 49, 50, 51, 99, 100]) {
    await givePower(alice, room, bob, level);
    for (const author of [alice, carol]) {
      const event = new EventUnderTest(room.id, await author.say(room.id, "theirs"));
      if (level >= 50) assertOk(await event.redact(bob));
      else {
        const power = { needed: 50, actual: level };
        await room.refuses(() => event.redact(bob), 403, "SW_REDACT_FORBIDDEN", "EV4", power);
      }
    }
    assertOk(await new EventUnderTest(room.id, await bob.say(room.id, "my own")).redact(bob));
    if (level === 100) break;
  }
  const custom = assertOk(await carol.post(room.path("/send"), { event_type: "acme.deploy", content: { n: 1 } })).data;
  assert.equal(assertOk(await new EventUnderTest(room.id, custom).redact(alice)).data.content, null);
});

test("EV4 state events, edits, reactions and redactions are not redacted", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const event = new EventUnderTest(room.id, await alice.say(room.id, "one"));
  assertOk(await event.edit(alice, { body: "two" }));
  assertOk(await event.react(alice, "👍"));
  assertOk(await new EventUnderTest(room.id, await alice.say(room.id, "gone")).redact(alice));
  const events = await server.db.all<{ event_id: string; event_type: string }>(
    "SELECT event_id, event_type FROM events WHERE event_type <> 'swp.room.message'",
  );
  assert.equal(new Set(events.map(({ event_type }) => event_type)).size, 6);
  for (const { event_id: id } of events) {
    await room.refuses(() => new EventUnderTest(room.id, { id }).redact(alice), 400, "SW_REQUEST_INVALID", "EV4");
  }
});

test("EV4 again changes nothing, and what is gone is neither edited nor reacted to", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = new RoomUnderTest(server, await alice.roomWith([bob]), alice);
  const event = new EventUnderTest(room.id, await bob.say(room.id, "one"));
  const first = assertOk(await event.redact(bob, {})).data;
  for (const who of [bob, alice]) {
    assert.deepEqual(assertOk(await unchanged(server, () => event.redact(who, { reason: "again" }))).data, first);
  }
  await room.refuses(() => event.edit(bob, { body: "two" }), 403, "SW_EDIT_FORBIDDEN", "EV3");
  await room.refuses(() => event.react(bob, "👍"), 403, "SW_ROOM_FORBIDDEN", "EV5");
  assert.deepEqual(assertOk(await unchanged(server, () => event.unreact(bob, "👍"))).data, { reactions: [] });
});

test("EV1 EV4 an event_uuid stays taken when its event is redacted", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const send = (body: object) => alice.post(`/v1/rooms/${room}/send`, { content: body, event_uuid: "once" });
  const said = assertOk(await send({ body: "one" })).data;
  const redacted = assertOk(await new EventUnderTest(room, said).redact(alice)).data;
  assert.deepEqual(assertOk(await unchanged(server, () => send({ body: "one" }))).data, redacted);
});

test("RD2 a redacted message is unread no more, nor does it mention anybody", async (t) => {
  const { alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = await alice.roomWith([bob, carol]);
  const counts = async () => {
    const seen = [];
    for (const who of [bob, carol]) {
      const { me } = assertOk(await who.get(`/v1/rooms/${room}`)).data;
      const { totals } = assertOk(await who.get("/v1/rooms/unread")).data;
      assert.deepEqual([totals.unread_count, totals.mention_count], [me.unread_count, me.mention_count]);
      seen.push([me.unread_count, me.mention_count]);
    }
    return seen;
  };
  const one = await alice.say(room, "one", { mentions: [bob.id] });
  const two = await alice.say(room, "two", { mentions: ["@room"] });
  const three = await alice.say(room, "three");
  assertOk(await carol.put(`/v1/rooms/${room}/read`, { event_id: one.id }));
  assert.deepEqual(await counts(), [
    [3, 2],
    [2, 1],
  ]);
  const event = new EventUnderTest(room, one);
  assertOk(await event.edit(alice, { mentions: [bob.id, carol.id] }));
  assertOk(await event.react(alice, "👍"));
  assert.deepEqual(await counts(), [
    [3, 2],
    [2, 1],
  ]);
  assertOk(await event.redact(alice));
  assert.deepEqual(await counts(), [
    [2, 1],
    [2, 1],
  ]);
  for (const { id } of [two, three]) assertOk(await new EventUnderTest(room, { id }).redact(alice));
  assert.deepEqual(await counts(), [
    [0, 0],
    [0, 0],
  ]);
  assertOk(await bob.put(`/v1/rooms/${room}/read`, { event_id: two.id }));
  await alice.say(room, "four");
  assert.deepEqual(await counts(), [
    [1, 0],
    [1, 0],
  ]);
});

test("EV4 a redacted reply leaves its thread, and the replies to a redacted message stay", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const root = await alice.say(room, "root");
  const replies = [];
  for (const body of ["a", "b"]) replies.push(await bob.say(room, body, { reply_to_event_id: root.id }));
  assertOk(await new EventUnderTest(room, replies[0]).redact(bob));
  assert.equal((await new EventUnderTest(room, root).get(alice)).data.reply_count, 1);
  assertOk(await new EventUnderTest(room, root).redact(alice));
  const { data } = await new EventUnderTest(room, root).get(alice);
  assert.deepEqual([data.content, data.reply_count], [null, 1]);
  assert.equal((await new EventUnderTest(room, replies[1]).get(alice)).data.content.reply_to_event_id, root.id);
});

test("AP1 edit, redact and reactions need a member of an open room", async (t) => {
  const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
  const room = new RoomUnderTest(
    server,
    await alice.roomWith([bob], { room_type: "public", invite: [bob.id, carol.id] }),
    alice,
  );
  const said = new EventUnderTest(room.id, await bob.say(room.id, "one"));
  const calls = (event: EventUnderTest) =>
    [
      (who: typeof bob) => event.edit(who, { body: "x" }),
      (who: typeof bob) => event.redact(who),
      (who: typeof bob) => event.react(who, "👍"),
      (who: typeof bob) => event.unreact(who, "👍"),
    ] as const;
  const unknown = new EventUnderTest(room.id, { id: "evt-unknown" });
  assertOk(await bob.post(room.path("/leave")));
  for (const call of [...calls(said), ...calls(unknown)]) {
    // An invitee, and one who is gone from a public room, which is open to them as to everybody.
    for (const who of [carol, bob]) await room.refuses(() => call(who), 403, "SW_ROOM_FORBIDDEN");
  }
  assertOk(await alice.post(room.path("/ban"), { participant_id: bob.id }));
  for (const call of calls(unknown)) await room.refuses(() => call(bob), 403, "SW_ROOM_FORBIDDEN", "MB2");
  assertOk(await alice.post(room.path("/archive")));
  for (const call of calls(unknown)) await room.refuses(() => call(alice), 409, "SW_ROOM_FROZEN", "LC1");
  assertRefused(await unknown.redact(carol), 409, "SW_ROOM_FROZEN", "LC1");
});
