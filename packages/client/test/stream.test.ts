import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { test, type TestContext } from "node:test";
import { isStreamEvent, type ServerFrame } from "@stairwell/protocol/stream";
import {
  assertOk,
  ChildServer,
  FaultProxy,
  freshSeed,
  type Person,
  Random,
  rounds,
  StreamClient,
  TestServer,
} from "@stairwell/testing";
import {
  type Pause,
  StairwellApiError,
  StairwellClient,
  type StairwellStream,
  StairwellStreamError,
  type StreamOptions,
} from "../src/index.ts";

async function started(t: TestContext) {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  await server.liftLimits();
  const proxy = await FaultProxy.start(t, server.url);
  return { server, alice, bob, proxy, room: await alice.roomWith([bob]) };
}

const streamOf = (url: string, { credential }: Person, options: StreamOptions = {}): StairwellStream =>
  new StairwellClient({ baseUrl: url, token: credential, maxRetries: 0 }).stream(options);

/** Frames up to the first that is wanted. */
async function until(stream: StairwellStream, isWanted: (frame: ServerFrame) => boolean): Promise<ServerFrame[]> {
  const frames: ServerFrame[] = [];
  for await (const frame of stream) {
    frames.push(frame);
    if (isWanted(frame)) return frames;
  }
  throw new Error("the stream ended");
}

const says =
  (body: string) =>
  (frame: ServerFrame): boolean =>
    isStreamEvent(frame) && frame.content?.["body"] === body;
const bodiesIn = (frames: readonly ServerFrame[]) =>
  frames.filter(isStreamEvent).map(({ content }) => content?.["body"] as string);

test("ST3 every event comes once and in order, however often the connection is cut", async (t) => {
  const { alice, bob, proxy, room } = await started(t);
  const seed = freshSeed();
  const random = new Random(seed);
  const count = rounds(2000);
  let hasEvent = false;
  class Watched extends WebSocket {
    constructor(address: string) {
      super(address);
      this.addEventListener("message", ({ data }) => (hasEvent ||= isStreamEvent(JSON.parse(String(data)))));
    }
  }
  const pauses: { delayMs: number; hadEvent: boolean }[] = [];
  const onPause = ({ delayMs }: Pause): void => {
    pauses.push({ delayMs, hadEvent: hasEvent });
    hasEvent = false;
  };
  let cuts = 0;
  async function saysAll(): Promise<void> {
    for (let i = 0; i < count; i++) {
      await alice.say(room, `message ${i}`);
      // It is cut once whatever comes by chance: the first connection is there until then.
      if (random.chance(0.02) || (cuts === 0 && i >= count / 2)) cuts += proxy.cut();
    }
  }
  let saying: Promise<void> | undefined;
  const heard = await until(streamOf(proxy.url, bob, { onPause, webSocket: Watched }), (frame) => {
    saying ??= saysAll();
    return says(`message ${count - 1}`)(frame);
  });
  await saying;
  assert.deepEqual(
    bodiesIn(heard),
    Array.from({ length: count }, (_, i) => `message ${i}`),
    `seed ${seed}`,
  );
  assert(cuts > 0 && heard.filter(({ type }) => type === "hello").length > 1, `it was never cut: seed ${seed}`);
  // After a connection that nothing came of the next pause is longer.
  for (const { delayMs } of pauses.filter(({ hadEvent }) => hadEvent)) assert(delayMs >= 125 && delayMs <= 250);
  t.diagnostic(`${count} events over ${pauses.length + 1} connections, cut ${cuts} times`);
});

test("ST7 a server that stops closes with 1012, and the stream goes on at the one that takes its place", async (t) => {
  const server = await ChildServer.start(t, { withoutLimits: true });
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const proxy = await FaultProxy.start(t, server.url);
  const pauses: Pause[] = [];
  const stream = streamOf(proxy.url, bob, { onPause: (pause) => pauses.push(pause) });
  const frames = stream[Symbol.asyncIterator]();
  assert.equal((await frames.next()).value!.type, "hello");
  const next = frames.next();
  await server.kill("SIGTERM");
  await server.ended;
  await server.startAgain();
  proxy.target = server.url;
  const [again] = await server.people("alice");
  await again.say(room, "still here?");
  assert.equal((await next).value!.type, "hello");
  assert(says("still here?")((await frames.next()).value!));
  assert.equal("code" in pauses[0]!.cause && pauses[0]!.cause.code, 1012);
  await frames.return(undefined);
});

test("AU3 a stream whose credential is revoked ends, with the cursor to come back with, and nothing is tried again", async (t) => {
  const { alice, bob, proxy, room } = await started(t);
  const { id, token } = assertOk(await bob.post("/v1/me/tokens", { name: "a test" })).data;
  const stream = streamOf(proxy.url, { ...bob, credential: token } as Person);
  const frames = stream[Symbol.asyncIterator]();
  await frames.next();
  await alice.say(room, "before");
  const { cursor } = (await frames.next()).value as { cursor: string };
  assertOk(await bob.delete(`/v1/me/tokens/${id}`));
  await assert.rejects(
    frames.next(),
    (error) => error instanceof StairwellStreamError && error.code === 4001 && stream.cursor === cursor,
  );
  const { length } = proxy.seen;
  // The next one begins by asking for a ticket, and is told.
  await assert.rejects(
    until(stream, () => false),
    (error) => error instanceof StairwellApiError && error.code === "SW_AUTH_INVALID_TOKEN",
  );
  assert.equal(proxy.seen.length, length + 1);
});

test("ST4 a cursor that leads nowhere is a reset, and no end", async (t) => {
  const { server, alice, bob, proxy, room } = await started(t);
  const eve = await server.person("eve", "other").signIn();
  const elsewhere = streamOf(server.url, eve);
  await until(elsewhere, () => true);
  const { cursor } = elsewhere;
  const stream = streamOf(proxy.url, bob, { since: cursor });
  const frames = stream[Symbol.asyncIterator]();
  const first = [(await frames.next()).value!, (await frames.next()).value!];
  assert.deepEqual(
    first.map(({ type }) => type),
    ["hello", "reset"],
  );
  assert.notEqual(stream.cursor, cursor);
  await alice.say(room, "after the reset");
  assert(says("after the reset")((await frames.next()).value!));
  await frames.return(undefined);
});

test("a server that is away is tried again, longer after each failure, until it is there", async (t) => {
  const { alice, bob, proxy, room } = await started(t);
  proxy.fault = "down";
  const pauses: Pause[] = [];
  const stream = streamOf(proxy.url, bob, {
    onPause(pause) {
      pauses.push(pause);
      if (pauses.length === 2) proxy.fault = ({ method }) => (method === "GET" ? "down" : undefined);
      if (pauses.length === 3) proxy.fault = undefined;
    },
  });
  const [hello] = await until(stream, () => true);
  assert.equal(hello!.type, "hello");
  assert.equal(pauses.length, 3);
  pauses.forEach(({ delayMs }, i) => assert(delayMs >= 125 * 2 ** i && delayMs <= 250 * 2 ** i, `${delayMs} ms`));
  await alice.say(room, "meanwhile");
  const [, said] = await until(stream, says("meanwhile"));
  assert.equal(isStreamEvent(said!), true, "a second reader goes on where the first one stopped");
});

test("a connection on which nothing comes any more is asked, given up, and followed by another one", async (t) => {
  const { alice, bob, proxy, room } = await started(t);
  const pauses: Pause[] = [];
  const asked = new EventEmitter();
  class Watched extends WebSocket {
    #asks = 0;
    override send(text: string): void {
      super.send(text);
      if (++this.#asks === 3) asked.emit("thrice");
    }
  }
  const onPause = (pause: Pause) => pauses.push(pause);
  const stream = streamOf(proxy.url, bob, { silenceMs: 200, webSocket: Watched, onPause });
  const frames = stream[Symbol.asyncIterator]();
  await frames.next();
  // As long as it answers, silence is no end.
  const watching = frames.next();
  await once(asked, "thrice");
  const before = pauses.length;
  proxy.hush();
  await alice.say(room, "can you hear me?");
  const heard = [(await watching).value!];
  while (!says("can you hear me?")(heard.at(-1)!)) heard.push((await frames.next()).value!);
  assert.deepEqual([...new Set(heard.slice(0, -1).map(({ type }) => type))], ["hello"]);
  assert(pauses.length > before);
  for (const { cause } of pauses) assert.deepEqual(cause, { code: 1006, reason: "" });
  await frames.return(undefined);
});

test("one who reads slowly has a bounded number of frames wait, and misses none", async (t) => {
  const { alice, bob, proxy, room } = await started(t);
  const stream = streamOf(proxy.url, bob);
  const frames = stream[Symbol.asyncIterator]();
  await frames.next();
  const pending = frames.next();
  const count = 2500;
  for (let i = 0; i < count; i += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, j) => alice.say(room, `message ${i + j}`)));
  }
  // The connection is let go of, and there is none while so many wait.
  await proxy.empty();
  const heard = [(await pending).value!];
  while (heard.filter(isStreamEvent).length < count) heard.push((await frames.next()).value!);
  const positions = heard.filter(isStreamEvent).map(({ stream_position }) => stream_position);
  assert.deepEqual(
    positions,
    Array.from({ length: count }, (_, i) => positions[0]! + i),
  );
  await frames.return(undefined);
});

test("a stream is said on where it is open, and what is said is answered", async (t) => {
  const { alice, bob, proxy, room } = await started(t);
  const stream = streamOf(proxy.url, alice);
  assert.equal(stream.say({ type: "ping" }), false);
  const listener = await StreamClient.open(t, bob);
  let ack: ServerFrame | undefined;
  for await (const frame of stream) {
    if (frame.type === "hello") {
      assert(stream.say({ type: "send", ref: "r1", room_id: room, content: { body: "by the stream" } }));
    }
    if (frame.type === "ack") {
      ack = frame;
      break;
    }
  }
  assert(ack?.type === "ack" && ack.ref === "r1");
  await listener.find(({ type }) => type === "swp.room.message");
});

test("its signal ends a stream, whatever it is at, and break closes the connection", async (t) => {
  const { bob, proxy } = await started(t);
  for (const fault of [undefined, "down", "silent"] as const) {
    proxy.fault = fault;
    const stop = new AbortController();
    const reason = new Error("enough");
    const onPause = (): void => stop.abort(reason);
    if (fault === "silent") setImmediate(() => stop.abort(reason));
    const reading = until(streamOf(proxy.url, bob, { signal: stop.signal, onPause }), (frame) => {
      if (frame.type === "hello") stop.abort(reason);
      return false;
    });
    await assert.rejects(reading, reason);
  }
  proxy.fault = undefined;
  await until(streamOf(proxy.url, bob), ({ type }) => type === "hello");
  await proxy.empty();
});
