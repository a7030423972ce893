import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, StreamClient } from "@stairwell/testing";
import type { StoredEvent } from "../../src/events/index.ts";
import { type OnItsWay, withdraw } from "../../src/stream/withdraw.ts";
import { EventUnderTest } from "../messages/amend.ts";
import { openStage } from "../support/stage.ts";
import { hubOn } from "./hub-on.ts";

test("ST1 edits, reactions and redactions come as events, with people as ids", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const stream = await StreamClient.open(t, bob);
  const event = new EventUnderTest(room, await alice.say(room, "one"));
  assertOk(await event.edit(alice, { body: "two", mentions: [bob.me.fqid, "@room"] }));
  assertOk(await event.react(bob, "👍"));
  assertOk(await event.unreact(bob, "👍"));
  assertOk(await event.redact(alice, { reason: "slip" }));
  const custom = assertOk(
    await alice.post(`/v1/rooms/${room}/send`, { event_type: "acme.deploy", content: { n: 1 } }),
  ).data;
  assertOk(await new EventUnderTest(room, custom).edit(alice, { mentions: [bob.me.fqid] }));
  const frames = await stream.until(({ type, content }) => type === "swp.room.edit" && isAbout(content, custom.id));
  const amending = frames.filter(({ type }) => /edit|reaction|redaction/.test(type));
  assert.deepEqual(
    amending.map(({ type, sender_id, content }) => [type, sender_id, content]),
    [
      ["swp.room.edit", alice.id, { event_id: event.id, content: { body: "two", mentions: [bob.id, "@room"] } }],
      ["swp.room.reaction", bob.id, { event_id: event.id, emoji: "👍", action: "add" }],
      ["swp.room.reaction", bob.id, { event_id: event.id, emoji: "👍", action: "remove" }],
      ["swp.room.redaction", alice.id, { event_id: event.id, reason: "slip" }],
      // Of a custom event the server reads nothing, and so translates nothing.
      ["swp.room.edit", alice.id, { event_id: custom.id, content: { mentions: [bob.me.fqid] } }],
    ],
  );
});

const isAbout = (content: unknown, id: string): boolean => (content as { event_id: string }).event_id === id;

test("ST3 DEL1 a stream that comes back gets what was redacted meanwhile without its content", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const room = await alice.roomWith([bob]);
  const stream = await StreamClient.open(t, bob);
  await alice.say(room, "before");
  await stream.until("swp.room.message");
  await stream.cut();
  const event = new EventUnderTest(room, await alice.say(room, "the secret word"));
  assertOk(await event.edit(alice, { body: "the secret words" }));
  assertOk(await event.react(alice, ":secret:"));
  assertOk(await event.redact(alice));
  await stream.resume();
  const frames = await stream.until("swp.room.redaction");
  assert.deepEqual(
    frames.filter(({ type }) => type.startsWith("swp.")).map(({ type, content }) => [type, content]),
    [
      ["swp.room.message", null],
      ["swp.room.edit", null],
      ["swp.room.reaction", null],
      ["swp.room.redaction", { event_id: event.id }],
    ],
  );
  assert.doesNotMatch(JSON.stringify(frames), /secret/);
  const sync = await bob.get(`/v1/sync?timeout=0&since=${encodeURIComponent(stream.hello.cursor as string)}`);
  assert.deepEqual(
    assertOk(sync).data.events.map(({ content }: { content: unknown }) => content),
    [null, null, null, { event_id: event.id }],
  );
});

test("MB14 who is gone hears no edit, reaction or redaction of the room", async (t) => {
  const { alice, bob } = await openStage(t, ["alice", "bob"]);
  const [room, other] = [await alice.roomWith([bob]), await alice.roomWith([bob])];
  const event = new EventUnderTest(room, await alice.say(room, "one"));
  const stream = await StreamClient.open(t, bob);
  assertOk(await bob.post(`/v1/rooms/${room}/leave`));
  assertOk(await event.edit(alice, { body: "two" }));
  assertOk(await event.react(alice, "👍"));
  assertOk(await event.redact(alice));
  await alice.say(other, "last");
  const frames = await stream.until("swp.room.message");
  assert.deepEqual(
    frames.filter(({ type }) => type.startsWith("swp.")).map(({ type }) => type),
    ["swp.room.member", "swp.room.message"],
  );
});

test("DEL1 what waits to be delivered when a redaction commits is delivered without what it took", async (t) => {
  const { people, hub, eventsOf, refOf, whoIs, server } = await hubOn(t);
  const [alice, bob] = people;
  const room = await alice.roomWith([bob]);
  const joined = (await eventsOf(room)).length;
  const event = new EventUnderTest(room, await alice.say(room, "the secret word"));
  assertOk(await event.edit(alice, { body: "the secret words" }));
  assertOk(await event.react(bob, ":secret:"));
  const kept = new EventUnderTest(room, await alice.say(room, "kept"));
  assertOk(await kept.react(bob, ":kept:"));
  const before = await eventsOf(room, joined);
  assertOk(await event.redact(alice));
  const [redaction] = await eventsOf(room, joined + before.length);
  const frames: string[] = [];
  const everything = Promise.withResolvers<void>();
  await hub.attach(await whoIs(bob), {
    event: (_seq, frame) => {
      frames.push(frame.toString());
      if (frames.length === before.length + 1) everything.resolve();
    },
    note: () => {},
    fail: () => everything.reject(new Error("the delivery failed")),
  });
  const ref = await refOf(room);
  // Both in one turn: the first delivery is under way when the redaction comes.
  hub.committed(ref, before);
  hub.committed(ref, [redaction!]);
  await everything.promise;
  const [said, ...others] = frames;
  assert.match(said!, /secret word/, "it was on its way out already");
  assert.doesNotMatch(others.join("\n"), /secret/);
  assert.equal(others.filter((frame) => frame.includes('"content":null')).length, 2);
  assert.equal(others.filter((frame) => frame.includes("kept")).length, 2);
  await server.stop();
});

test("LC8 DEL1 of a waiting state event only the reason is taken", () => {
  const at = { tenantNo: 1, roomNo: 1, roomId: "room" as never };
  const event = (eventId: string, eventType: string, content: object) =>
    ({ eventId, eventType, content: JSON.stringify(content), salt: "x" }) as unknown as StoredEvent;
  const kick = event("evt-1", "swp.room.member", { membership: "leave", reason: "words" });
  const waiting: OnItsWay[] = [
    { at, event: kick },
    { at: { ...at, roomNo: 2 }, event: kick },
    { at: { ...at, tenantNo: 2 }, event: kick },
    { at, event: event("evt-2", "swp.room.message", { event_id: "evt-1", body: "words" }) },
  ];
  withdraw(waiting, at, event("evt-3", "swp.room.redaction", { event_id: "evt-1" }));
  assert.deepEqual(
    waiting.map(({ event: { content } }) => content),
    ['{"membership":"leave"}', kick.content, kick.content, '{"event_id":"evt-1","body":"words"}'],
  );
});
