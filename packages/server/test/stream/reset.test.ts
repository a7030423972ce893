import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, atOnce, type Frame, StreamClient, TestClock, TestServer } from "@stairwell/testing";
import { sendMany } from "./crowd.ts";

const DAY = 24 * 3600 * 1000;

/** The frames with which a stream begins that is opened with this cursor. */
async function opening(
  t: Parameters<typeof StreamClient.open>[0],
  person: Parameters<typeof StreamClient.open>[1],
  since: string,
) {
  const stream = await StreamClient.open(t, person, { since });
  await stream.settled();
  return stream.frames.map(({ type }) => type);
}

test("ST3 ST4 a cursor that leads nowhere is answered with a reset, over both doors, and the stream goes on from now", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([]);
  const foreign = await server.person("eve", "other").signIn();
  await foreign.roomWith([]);
  const first = await StreamClient.open(t, alice);
  const stranger = await StreamClient.open(t, foreign);
  const [mark, seq] = first.cursor.split(".") as [string, string];
  const cursors = {
    "from the future": `${mark}.${(Number.parseInt(seq, 36) + 1).toString(36)}`,
    "of another tenant": stranger.cursor,
    "from far in the future": `${mark}.zzzzzzzzzzz`,
    "of a sequence that is no number": `${mark}.zzzzzzzzzzzz`,
    "of another store": `${"0".repeat(12)}.${seq}`,
    negative: `${mark}.-1`,
    "in capitals": first.cursor.toUpperCase(),
    "with a space": `${first.cursor} `,
    "of a room": room,
    "of a number": "7",
    "of 128 letters": "x".repeat(128),
  };
  for (const [name, since] of Object.entries(cursors)) {
    const stream = await StreamClient.open(t, alice, { since });
    const [hello, reset] = [await stream.next(), await stream.next()];
    assert.deepEqual([hello.type, reset], ["hello", { type: "reset", cursor: hello.cursor }], name);
    const polled = assertOk(await alice.get(`/v1/sync?since=${encodeURIComponent(since)}`)).data;
    const { next_cursor: next, ...rest } = polled;
    assert.deepEqual(rest, { events: [], has_more: false, reset: true }, name);
    await alice.say(room, name);
    assert.equal((await stream.next()).content.body, name);
    const { events } = assertOk(await alice.get(`/v1/sync?since=${next}&timeout=0`)).data;
    assert.deepEqual(
      events.map((event: Frame) => event.content.body),
      [name],
    );
    await stream.cut();
  }
  assert.deepEqual(await opening(t, alice, ""), ["hello", "reset"]);
  for (const since of ["", "x".repeat(129)]) {
    assertRefused(await alice.get(`/v1/sync?since=${since}`), 400, "SW_REQUEST_INVALID");
  }
});

test("ST3 ten thousand events are resumed, each once and in order, and one more is a reset", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  await server.liftLimits();
  const room = await alice.roomWith([bob]);
  const speakers = await atOnce(4, () => StreamClient.open(t, alice));
  const listener = await StreamClient.open(t, bob);
  await listener.cut();
  const since = listener.cursor;
  await Promise.all(speakers.map((speaker) => sendMany(speaker, room, 2500)));
  await listener.resume();
  await listener.when("10,000 events", () => listener.events.length >= 10_000);
  assert.equal(listener.events.length, 10_000);
  assert.deepEqual(new Set(listener.frames.map(({ type }) => type)), new Set(["hello", "swp.room.message"]));
  await alice.say(room, "one more");
  assert.equal((await listener.find(({ content }) => content?.body === "one more")).stream_position, 10_006);
  assert.deepEqual(await opening(t, bob, since), ["hello", "reset"]);
  assert.equal(assertOk(await bob.get(`/v1/sync?since=${since}`)).data.reset, true);
});

test("ST3 a cursor is good for 30 days, and longer while nothing happens", async (t) => {
  const clock = new TestClock();
  const server = await TestServer.start(t, { clock });
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([]);
  const { cursor } = await StreamClient.open(t, alice);
  clock.advance(40 * DAY);
  assert.deepEqual(await opening(t, alice, cursor), ["hello"]);
  await alice.say(room, "one");
  clock.advance(30 * DAY);
  assert.deepEqual(await opening(t, alice, cursor), ["hello", "swp.room.message"]);
  clock.advance(1);
  assert.deepEqual(await opening(t, alice, cursor), ["hello", "reset"]);
  assert.equal(assertOk(await alice.get(`/v1/sync?since=${cursor}`)).data.reset, true);
});
