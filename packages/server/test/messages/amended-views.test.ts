import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, type Person } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";
import { EventUnderTest } from "./amend.ts";

const GOINGS: Readonly<Record<string, (who: Person, admin: Person, room: string) => ReturnType<Person["get"]>>> = {
  left: (who, _, room) => who.post(`/v1/rooms/${room}/leave`),
  "was kicked": (who, admin, room) => admin.post(`/v1/rooms/${room}/kick`, { participant_id: who.id }),
  "was banned": (who, admin, room) => admin.post(`/v1/rooms/${room}/ban`, { participant_id: who.id }),
};

for (const [how, go] of Object.entries(GOINGS)) {
  test(`MB10 who ${how} sees the text and the reactions of that time, and every redaction, by every route`, async (t) => {
    const { server, alice, bob, carol } = await openStage(t, ["alice", "bob", "carol"]);
    await server.liftLimits();
    const room = await alice.roomWith([bob, carol]);
    const sent: { id: string }[] = [];
    for (const body of ["edited before", "edited twice", "edited after", "never", "gone after"]) {
      const key = { "idempotency-key": body.replaceAll(" ", "-") };
      sent.push(assertOk(await bob.post(`/v1/rooms/${room}/send`, { content: { body } }, key)).data);
    }
    const [before, twice, after, never, gone] = sent.map((event) => new EventUnderTest(room, event));
    assertOk(await before!.edit(bob, { body: "before" }));
    assertOk(await twice!.edit(bob, { body: "first time" }));
    assertOk(await gone!.edit(bob, { body: "to be gone" }));
    assertOk(await never!.react(bob, "👍"));
    assertOk(await never!.react(carol, "🎉"));
    assertOk(await never!.react(alice, "👍"));
    assertOk(await gone!.react(alice, "👀"));
    assertOk(await bob.post(`${never!.path}/reaction`, { emoji: "❤" }, { "idempotency-key": "r" }));
    assertOk(await go(bob, alice, room));
    const then = await bob.history(room);
    assert.deepEqual(
      then.slice(-6, -1).map(({ content }) => content.body),
      ["before", "first time", "edited after", "never", "to be gone"],
    );

    assertOk(await never!.unreact(carol, "🎉"));
    assertOk(await never!.react(carol, "👍"));
    assertOk(await never!.unreact(alice, "👍"));
    assertOk(await never!.react(alice, "❤"));
    assertOk(await after!.react(carol, "🎉"));
    await alice.say(room, "later", { reply_to_event_id: after!.id });
    assert.deepEqual(await bob.history(room), then, "nothing that came later shows");
    const reactions = (await never!.get(bob)).data.reactions;
    assert.deepEqual(reactions, [
      { emoji: "👍", count: 2, me: true },
      { emoji: "🎉", count: 1, me: false },
      { emoji: "❤", count: 1, me: true },
    ]);
    assert.deepEqual((await never!.get(carol)).data.reactions, [
      { emoji: "👍", count: 2, me: true },
      { emoji: "❤", count: 2, me: false },
    ]);
    // A repeat of one's own call of that time shows what one may still see of it (AP6).
    const repeat = await bob.post(`${never!.path}/reaction`, { emoji: "❤" }, { "idempotency-key": "r" });
    assert.deepEqual(assertOk(repeat).data.reactions, reactions);

    assertOk(await gone!.redact(alice));
    const { content, edited_at, redacted_at, original_content, reactions: left } = (await gone!.get(bob)).data;
    assert.deepEqual([content, edited_at, original_content, left], [null, null, undefined, []]);
    assert.notEqual(redacted_at, null);
    assert.deepEqual(
      await bob.history(room),
      then.map((event) => (event.id === gone!.id ? { ...sent.at(-1), content: null, redacted_at } : event)),
    );
    const again = await bob.post(
      `/v1/rooms/${room}/send`,
      { content: { body: "gone after" } },
      { "idempotency-key": "gone-after" },
    );
    assert.equal(again.data.content, null);
    // The events that came after the going are unknown.
    const [edit] = await server.db.all<{ event_id: string }>(
      "SELECT event_id FROM events WHERE event_type = 'swp.room.redaction'",
    );
    assertRefused(await new EventUnderTest(room, { id: edit!.event_id }).get(bob), 404, "SW_EVENT_NOT_FOUND");
  });
}

test("MB10 an edit after the going shows to those who stayed, and the text of that time to who went", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const said = await alice.say(room, "one");
  const event = new EventUnderTest(room, said);
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  assertOk(await event.edit(alice, { body: "two" }));
  assert.deepEqual((await event.get(bob)).data, said);
  assert.equal((await event.get(alice)).data.content.body, "two");
  assertOk(await alice.post(`/v1/rooms/${room}/invite`, { participant_id: bob.id }));
  assert.deepEqual((await event.get(bob)).data, said);
  assertOk(await bob.post(`/v1/rooms/${room}/join`));
  assert.deepEqual((await event.get(bob)).data, (await event.get(alice)).data);
});

test("AP6 a repeat of an edit, a redaction or a reaction answers the event as it is by then", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const event = new EventUnderTest(room, await alice.say(room, "one"));
  const call = (what: string, body: object) => alice.post(`${event.path}/${what}`, body, { "idempotency-key": what });
  const edited = assertOk(await call("edit", { content: { body: "two" } }));
  assertOk(await event.edit(alice, { body: "three" }));
  const again = assertOk(await call("edit", { content: { body: "two" } }));
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.deepEqual([edited.data.content.body, again.data.content.body], ["two", "three"]);
  assertRefused(await call("edit", { content: { body: "four" } }), 409, "SW_IDEMPOTENCY_CONFLICT");
  assertOk(await call("reaction", { emoji: "👍" }));
  assertOk(await event.unreact(alice, "👍"));
  assert.deepEqual(assertOk(await call("reaction", { emoji: "👍" })).data, { reactions: [] });
  const redacted = assertOk(await call("redact", {})).data;
  assert.deepEqual(assertOk(await call("redact", {})).data, redacted);
  assert.equal(assertOk(await call("edit", { content: { body: "two" } })).data.content, null);
});
