import assert from "node:assert/strict";
import { test } from "node:test";
import { ChildServer, freshSeed, Random, rounds, StreamClient } from "@stairwell/testing";
import { keepSending, openStreams } from "./crowd.ts";
import { Poller } from "./poller.ts";

test("ST3 who resumes while a room is busy hears each event once and in order, and becomes live", async (t) => {
  const seed = freshSeed();
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const server = await ChildServer.start(t, { withoutLimits: true });
  const [alice, bob, carol] = await server.people("alice", "bob", "carol");
  const room = await alice.roomWith([bob, carol]);
  const listener = await StreamClient.open(t, bob);
  const small = keepSending(await openStreams(t, alice, 8), room, "x", 64);
  const large = keepSending([await StreamClient.open(t, carol)], room, "y".repeat(30_000), 2);
  for (let round = 0; round < rounds(500); round++) {
    const some = listener.events.length + random.int(0, 100);
    await listener.when(`${some} events`, () => listener.events.length >= some);
    await listener.cut();
    await listener.resume();
  }
  const sent = (await small()) + (await large());
  // The last of them reach a stream that is live: typing is told to no other.
  const typing = { type: "typing", room_id: room, typing: true };
  (await StreamClient.open(t, alice)).say(typing);
  await listener.until("typing");
  const positions = (await alice.history(room)).map(({ stream_position: position }) => position as number);
  const heard = (): number[] => listener.events.map(({ stream_position: position }) => position as number);
  // What is typed may be told before what was said just now.
  await listener.when("the last event", () => heard().at(-1) === positions.at(-1));
  assert.deepEqual(heard(), positions.slice(-sent));
  t.diagnostic(`${sent} events, ${rounds(500)} reconnects`);
});

test("ST3 a stream that begins now in a busy room misses nothing after its hello", async (t) => {
  const server = await ChildServer.start(t, { withoutLimits: true });
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const sending = keepSending(await openStreams(t, alice, 8), room, "x", 64);
  const streams: StreamClient[] = [];
  for (let round = 0; round < rounds(50); round++) {
    const stream = await StreamClient.open(t, bob);
    streams.push(stream);
    await stream.when("some events", () => stream.events.length >= 5);
    await stream.cut();
  }
  await sending();
  for (const { hello, events } of streams) {
    const poller = new Poller(bob);
    poller.cursor = hello.cursor;
    while (poller.events.length < events.length) await poller.poll({ limit: 500 });
    assert.deepEqual(events, poller.events.slice(0, events.length));
  }
});
