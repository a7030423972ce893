import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, type Frame, StreamClient, TestServer } from "@stairwell/testing";

const told = (events: readonly Frame[]): unknown[] => events.map(({ type, content }) => [type.slice(9), content]);

test("ST1 ST3 EV3 EV4 edits, reactions and redactions are told as they happen; what was redacted is resumed without its content", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const stream = await StreamClient.open(t, bob);
  const { id: event_id } = await alice.say(room, "frist");
  const at = `/v1/rooms/${room}/events/${event_id}`;
  assertOk(await alice.post(`${at}/edit`, { content: { body: "first" } }));
  assertOk(await bob.post(`${at}/reaction`, { emoji: "👍" }));
  assertOk(await bob.delete(`${at}/reaction?emoji=${encodeURIComponent("👍")}`));
  assertOk(await bob.post(`${at}/reaction`, { emoji: "🎉" }));
  const before = [
    ["message", { body: "frist", msgtype: "swp.text" }],
    ["edit", { content: { body: "first" }, event_id }],
    ["reaction", { action: "add", emoji: "👍", event_id }],
    ["reaction", { action: "remove", emoji: "👍", event_id }],
    ["reaction", { action: "add", emoji: "🎉", event_id }],
  ];
  await stream.when("all of it", () => stream.events.length === before.length);
  assert.deepEqual(told(stream.events), before);
  const resumed = await StreamClient.open(t, bob, { since: stream.hello.cursor });
  await resumed.settled();
  assert.deepEqual(told(resumed.events), before);

  assertOk(await alice.post(`${at}/redact`, { reason: "a slip" }));
  const redaction = ["redaction", { event_id, reason: "a slip" }];
  assert.deepEqual(told([await stream.find("swp.room.redaction")]), [redaction]);
  const late = await StreamClient.open(t, bob, { since: stream.hello.cursor });
  await late.settled();
  assert.deepEqual(told(late.events), [...before.map(([type]) => [type, null]), redaction]);
  const { events } = assertOk(await bob.get(`/v1/sync?since=${stream.hello.cursor}`)).data;
  assert.deepEqual(events, late.events);
});
