import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOSE, STREAM } from "@stairwell/protocol/stream";
import {
  assertOk,
  atOnce,
  ChildServer,
  rounds,
  StreamClient,
  TestClock,
  TestServer,
  stopwatch,
} from "@stairwell/testing";
import { openControl } from "../../src/control/index.ts";
import { frame, OPCODE, RawStream, upgrade } from "./raw.ts";
import { mint } from "./tokens.ts";

test("ST7 AU3 a revoked token's streams end with 4001 at once, hear nothing after, and no other stream ends", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await bob.roomWith([alice]);
  const { id, holder } = await mint(alice);
  const other = await StreamClient.open(t, (await mint(alice)).holder);
  const own = await StreamClient.open(t, alice);
  const ended = await atOnce(3, () => StreamClient.open(t, holder));
  const rude = await RawStream.open(t, holder);

  const took = stopwatch();
  assertOk(await alice.delete(`/v1/me/tokens/${id}`));
  await bob.say(room, "after");
  for (const stream of ended) {
    assert.equal((await stream.closed()).code, CLOSE.credential);
    assert.deepEqual(stream.events, []);
  }
  assert(took() < 1000);
  await assert.rejects(ended[0]!.resume(), /401/);

  // One that does not answer the close is not heard either.
  await rude.untilClose();
  rude.write(
    frame(OPCODE.text, JSON.stringify({ type: "send", ref: "r", room_id: room, content: { body: "heard?" } })),
  );
  rude.write(frame(OPCODE.text, '{"type":"ping"}'));
  assert.equal(await rude.closeCode(), CLOSE.credential);
  await bob.say(room, "last");
  for (const stream of [other, own]) await stream.until(({ content }) => content?.body === "last");
  const said = (await bob.history(room)).map(({ content }) => content.body as string);
  assert.deepEqual(said.filter(Boolean), ["after", "last"]);
});

test("AU3 a token that is revoked while a stream opens does not keep it", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  for (let round = 0; round < rounds(200); round++) {
    const { id, holder } = await mint(alice);
    await holder.signIn();
    const opening = StreamClient.open(t, holder).catch((error: Error) => assert.match(error.message, /401|4001/));
    const revoking = alice.delete(`/v1/me/tokens/${id}`);
    const stream = await opening;
    assertOk(await revoking);
    if (stream !== undefined) assert.equal((await stream.closed()).code, CLOSE.credential);
  }
});

test("MB14 AU3 a suspended tenant's streams end with 4001, nobody comes back before it is let in again, others go on", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const eve = await server.person("eve", "other").signIn();
  const foreign = await StreamClient.open(t, eve);
  const streams = [
    await StreamClient.open(t, alice),
    await StreamClient.open(t, bob),
    await StreamClient.open(t, bob, { by: "ticket" }),
  ];
  await alice.say(room, "before");
  for (const stream of streams) await stream.until("swp.room.message");
  const control = await openControl(server.data);
  t.after(() => control.close());
  const took = stopwatch();
  await control.run("tenant.suspend", { slug: "dev" });
  for (const stream of streams) assert.equal((await stream.closed()).code, CLOSE.credential);
  assert(took() < 1000);
  await assert.rejects(streams[0]!.resume(), /401/);
  await foreign.settled();
  await control.run("tenant.unsuspend", { slug: "dev" });
  await alice.say(room, "after");
  await streams[1]!.resume();
  assert.equal((await streams[1]!.find("swp.room.message")).content.body, "after");
});

test("MB14 a deactivated person's streams end with 4001 when it is announced", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const stream = await StreamClient.open(t, bob);
  const control = await openControl(server.data);
  t.after(() => control.close());
  await server.db.write("deployment", (tx) =>
    tx.run("UPDATE participants SET deactivated_at = $1 WHERE local_id = 'bob'", tx.now),
  );
  // Whatever changes about a person announces them; deactivation itself will.
  await control.run("role.grant", { tenant: "dev", local_id: "bob" });
  assert.equal((await stream.closed()).code, CLOSE.credential);
  await alice.say(room, "after");
  await assert.rejects(stream.resume(), /401/);
});

test("ST7 a token's stream ends with 4001 when it expires", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const clock = new TestClock();
  const server = await TestServer.start(t, { clock });
  const [alice] = await server.people("alice");
  const { holder } = await mint(alice, { expires_at: new Date(clock.now() + 5000).toISOString() });
  const [stream, lasting] = [await StreamClient.open(t, holder), await StreamClient.open(t, alice)];
  clock.advance(4999);
  t.mock.timers.tick(1000);
  await stream.settled();
  clock.advance(1);
  t.mock.timers.tick(1000);
  assert.deepEqual(await stream.closed(), { code: CLOSE.credential, reason: "the credential has expired" });
  await lasting.settled();
});

test("ST7 a client is pinged every 30 s, and closed with 4003 when it left two pings unanswered", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const silent = await RawStream.open(t, alice);
  const honest = await StreamClient.open(t, alice);
  assert.equal(honest.hello.heartbeat_ms, STREAM.heartbeatMs);
  let pings = 0;
  honest.socket.on("ping", () => pings++);
  const pingsOf = (raw: RawStream): number =>
    raw.bytes.filter((byte, i) => byte === 0x89 && raw.bytes[i + 1] === 0).length;
  for (const expected of [1, 2]) {
    t.mock.timers.tick(STREAM.heartbeatMs);
    while (pingsOf(silent) < expected) await silent.more();
    await honest.settled();
    assert.deepEqual([pingsOf(silent), pings], [expected, expected]);
  }
  t.mock.timers.tick(STREAM.heartbeatMs);
  assert.equal(await silent.closeCode(), CLOSE.silent);
  for (let i = 0; i < 5; i++) {
    t.mock.timers.tick(STREAM.heartbeatMs);
    await honest.settled();
  }
  assert.equal(pings, 8);
});

test("ST7 streams are pinged a few at a time", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const streams = await atOnce(60, () => StreamClient.open(t, alice));
  const pinged = new Set<StreamClient>();
  for (const stream of streams) stream.socket.on("ping", () => pinged.add(stream));
  for (let second = 1; second <= 30; second++) {
    const before = pinged.size;
    t.mock.timers.tick(STREAM.heartbeatMs / 30);
    await Promise.all(streams.map((stream) => stream.settled()));
    assert.equal(pinged.size - before, 2, `second ${second}`);
  }
});

test("ST7 a server that stops ends every stream with 1012, and does not wait for who does not answer", async (t) => {
  const server = await ChildServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const streams = await atOnce(20, () => StreamClient.open(t, bob));
  const silent = await RawStream.open(t, alice);
  const stalled = await RawStream.open(t, alice);
  stalled.socket.pause();
  const polls = atOnce(10, () => bob.get(`/v1/sync?since=${streams[0]!.cursor}&timeout=60000`));
  await alice.say(room, "before");
  for (const { data } of await polls) assert.equal(data.events.length, 1);
  for (const stream of streams) await stream.until("swp.room.message");
  const waiting = atOnce(10, () => bob.get(`/v1/sync?since=${streams[0]!.cursor}&timeout=60000`));
  assertOk(await bob.get("/v1/me"));

  const took = stopwatch();
  const ended = await server.kill("SIGTERM");
  const ms = took();
  assert.deepEqual(ended, { code: 0, signal: null, messages: "" });
  assert(ms < 5000, `it took ${ms} ms`);
  for (const stream of streams)
    assert.deepEqual(await stream.closed(), { code: CLOSE.restarting, reason: "the server restarts" });
  assert.equal(await silent.closeCode(), CLOSE.restarting);
  const answers = await waiting;
  assert(answers.some(({ status }) => status === 200));
  for (const { status, data, headers } of answers) {
    // One that was so late that it met a server which stops is refused.
    if (status === 200) assert.deepEqual([data.events, data.next_cursor], [[], streams[0]!.cursor]);
    else assert.equal(status, 503);
    assert.equal(headers.get("connection"), "close");
  }
  t.diagnostic(`the process ended after ${Math.round(ms)} ms`);

  await server.startAgain();
  const [again, speaker] = await server.people("bob", "alice");
  await speaker.say(room, "after");
  streams[0]!.person = again;
  await streams[0]!.resume();
  assert.equal((await streams[0]!.find("swp.room.message")).content.body, "after");
});

test("ST7 a server that stops takes no stream", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const silent = await RawStream.open(t, alice);
  const late = await RawStream.connect(t, server.url);
  // Its request is under way when the server begins to stop.
  const head = upgrade(server.url, { Authorization: "Bearer dev-alice" });
  late.socket.write(head.slice(0, 20));
  await alice.get("/v1/me");
  const stopping = server.stop();
  await silent.untilClose();
  late.socket.write(head.slice(20));
  await late.ended;
  assert.match(late.bytes.toString(), /^HTTP\/1\.1 503 /);
  await stopping;
});
