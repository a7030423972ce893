import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { test } from "node:test";
import {
  assertOk,
  assertRefused,
  atOnce,
  freshSeed,
  Random,
  rounds,
  StreamClient,
  TestServer,
  stopwatch,
} from "@stairwell/testing";
import { frame, OPCODE, RawStream } from "./raw.ts";
import { attached, Poller } from "./poller.ts";
import { mint } from "./tokens.ts";
import { assertSame } from "./world.ts";

test("ST4 without a cursor a poll answers at once with none but the present cursor", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([]);
  const { data } = assertOk(await alice.get("/v1/sync"));
  assert.deepEqual(data, { events: [], next_cursor: (await StreamClient.open(t, alice)).cursor, has_more: false });
  const said = await alice.say(room, "hello");
  const next = assertOk(await alice.get(`/v1/sync?since=${data.next_cursor}`)).data;
  assert.deepEqual([next.events.length, next.has_more], [1, false]);
  assertSame(next.events[0], said);
  assert.equal(next.next_cursor, next.events[0].cursor);
});

test("ST4 a poll that waits is woken by an event that is due to its person, and by no other", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const shared = await alice.roomWith([bob]);
  const own = await alice.roomWith([]);
  const poller = new Poller(bob);
  await poller.poll();
  const polling = poller.poll({ timeout: 60_000 });
  await attached(bob, alice);
  assert.equal(poller.polls, 1);
  for (let i = 0; i < 5; i++) await alice.say(own, "not for bob");
  await alice.put("/v1/typing", { room_id: shared, typing: true });
  assert.equal(poller.polls, 1);
  await alice.say(shared, "for bob");
  assert.equal(await polling, false);
  assert.deepEqual(
    poller.events.map(({ content }) => content.body),
    ["for bob"],
  );
  // And by a member event about somebody who is in no room with anybody.
  const again = poller.poll({ timeout: 60_000 });
  await attached(bob, alice);
  await alice.post(`/v1/rooms/${own}/invite`, { participant_id: bob.id });
  await again;
  assert.equal(poller.events.at(-1)!.content.membership, "invite");
});

test("ST4 a poll waits for its timeout, no longer, and for none at all when it says 0", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  await alice.roomWith([]);
  const { cursor } = await StreamClient.open(t, alice);
  for (const timeout of [0, 1, 200]) {
    const [started, took] = [performance.now(), stopwatch()];
    const { data } = assertOk(await alice.get(`/v1/sync?since=${cursor}&timeout=${timeout}`));
    const ms = performance.now() - started;
    assert.deepEqual(data, { events: [], next_cursor: cursor, has_more: false });
    assert(ms >= timeout - 1 && took() < timeout + 2000, `${ms} ms`);
  }
});

test("ST4 limits and timeouts out of bounds, unknown keys and cursors that are too long are refused", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  for (const query of [
    "limit=0",
    "limit=501",
    "limit=x",
    "timeout=-1",
    "timeout=60001",
    "timeout=1.5",
    "since=",
    "cursor=a",
    "limit=1&limit=2",
  ]) {
    assertRefused(await alice.get(`/v1/sync?${query}`), 400, "SW_REQUEST_INVALID");
  }
  const { holder: writer } = await mint(alice, { scopes: ["write"] });
  assertRefused(await writer.get("/v1/sync"), 403, "SW_AUTH_INSUFFICIENT_PERMISSION", "AU2");
});

test("ST4 pages of polls, however large, are the stream", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  await server.liftLimits();
  const random = new Random(freshSeed());
  const stream = await StreamClient.open(t, bob);
  const rooms = await Promise.all([1, 2, 3].map(() => alice.roomWith([bob])));
  const acts = rounds(600);
  for (let i = 0; i < acts; i++) {
    const room = random.pick(rooms);
    const dice = random.next();
    if (dice < 0.8) await alice.post(`/v1/rooms/${room}/send`, { content: { i } });
    else if (dice < 0.9) await bob.post(`/v1/rooms/${room}/leave`);
    else
      await alice
        .post(`/v1/rooms/${room}/invite`, { participant_id: bob.id })
        .then(() => bob.post(`/v1/rooms/${room}/join`));
  }
  await stream.settled();
  for (const limit of [1, 2, 7, 50, 500]) {
    const poller = new Poller(bob);
    poller.cursor = stream.hello.cursor;
    let pages = 1;
    while (await poller.poll({ limit, timeout: 0 })) pages++;
    assert.deepEqual(poller.events, stream.events);
    assert.equal(pages, Math.ceil(stream.events.length / limit));
    assert.equal(await poller.poll({ timeout: 0 }), false);
    // A stream goes on where polls stopped.
    const next = await StreamClient.open(t, bob, { since: poller.cursor! });
    await next.settled();
    assert.deepEqual(next.events, []);
    await next.cut();
  }
});

test("ST4 a poll whose client has gone is over, and so are its traces", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  await alice.roomWith([bob]);
  const { cursor } = await StreamClient.open(t, alice);
  // More than may wait at a time, one after the other.
  for (let round = 0; round < 60; round++) {
    const asking = request(`${server.url}/v1/sync?since=${cursor}&timeout=60000`, {
      headers: { authorization: `Bearer ${bob.credential}` },
    });
    asking.on("error", () => {});
    asking.end();
    await once(asking, "socket");
    if (round === 0) await attached(bob, alice);
    await alice.get("/v1/me");
    asking.destroy();
  }
  const poller = new Poller(bob);
  await poller.poll();
  await poller.poll({ timeout: 1 });
});

test("ST4 one person may have fifty polls waiting, beside their streams", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const streams = await atOnce(10, () => StreamClient.open(t, bob));
  const since = streams[0]!.cursor;
  // The one below may have the last place for a moment.
  const waiting = atOnce(50, async () => {
    for (;;) {
      const answer = await bob.get(`/v1/sync?since=${since}&timeout=60000`);
      if (answer.status !== 429) return answer;
    }
  });
  // The first that finds all the places taken shows that the others wait.
  for (;;) {
    const one = await bob.get(`/v1/sync?since=${since}&timeout=1`);
    if (one.status === 200) continue;
    assertRefused(one, 429, "SW_RATE_LIMIT_EXCEEDED");
    assert.equal(one.headers.get("retry-after"), "10");
    break;
  }
  await alice.say(room, "hello");
  for (const { data } of await waiting) assert.equal(data.events.length, 1);
  assertOk(await bob.get(`/v1/sync?since=${since}`));
});

test("ST4 a poll and a stream of one person do not disturb each other", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const stream = await StreamClient.open(t, bob);
  const raw = await RawStream.open(t, bob);
  const poller = new Poller(bob);
  await poller.poll();
  const polling = poller.poll({ timeout: 60_000 });
  await stream.cut();
  raw.write(frame(OPCODE.close, Buffer.from([3, 232])));
  await raw.closeCode();
  await alice.say(room, "hello");
  await polling;
  assert.equal(poller.events.length, 1);
});
