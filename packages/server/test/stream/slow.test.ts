import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOSE } from "@stairwell/protocol/stream";
import { assertOk, ChildServer, rounds, stopwatch, StreamClient } from "@stairwell/testing";
import { sendMany } from "./crowd.ts";
import { frame, OPCODE, RawStream } from "./raw.ts";
import { MEBIBYTE, residentBytes } from "./resident.ts";

const BODY = "x".repeat(60_000);
/** More than the system keeps for a connection by itself. */
const MESSAGES = 300;

test("ST7 clients that stop reading are closed with 4008 and are whole after a resume, and nobody else is held up", async (t) => {
  const server = await ChildServer.start(t, { withoutLimits: true });
  const people = await server.people("alice", "bob", "carol", "dora");
  const [alice, bob, carol, dora] = people;
  const room = await alice.roomWith([bob, carol, dora]);
  const speaker = await StreamClient.open(t, alice);
  const reader = await StreamClient.open(t, bob);
  const stalled = await Promise.all(Array.from({ length: rounds(50) }, () => StreamClient.open(t, carol)));
  for (const { socket } of stalled) socket.pause();
  // Another one takes a little now and then.
  const trickling = await RawStream.open(t, dora);
  trickling.socket.pause();
  let waited = 0;
  let sinceLast = stopwatch();
  reader.socket.on("message", () => {
    waited = Math.max(waited, sinceLast());
    sinceLast = stopwatch();
    trickling.socket.read(1024);
  });
  await sendMany(speaker, room, MESSAGES, BODY, 8);
  await reader.when("all messages", () => reader.events.length === MESSAGES);
  sinceLast();
  t.diagnostic(`${stalled.length} stalled; the longest wait of a reader was ${Math.round(waited)} ms`);
  assert(waited < 2000, `a reader waited ${waited} ms`);

  trickling.socket.resume();
  for (const { socket } of stalled) socket.resume();
  assert.equal(await trickling.closeCode(), CLOSE.tooSlow);
  for (const stream of stalled) {
    assert.deepEqual(await stream.closed(), { code: CLOSE.tooSlow, reason: "read too slowly" });
    assert(stream.events.length < MESSAGES);
  }
  await Promise.all(
    stalled.map(async (stream) => {
      await stream.resume();
      await stream.when("all messages", () => stream.events.length >= MESSAGES);
      assert.deepEqual(
        stream.events.map(({ id }) => id),
        reader.events.map(({ id }) => id),
      );
    }),
  );
});

test("ST7 what answers a client that does not read waits for nobody's memory", async (t) => {
  const server = await ChildServer.start(t, { withoutLimits: true });
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([]);
  const repeat = { type: "send", ref: "r", room_id: room, event_uuid: "u", content: { body: BODY } };
  const again = frame(OPCODE.text, JSON.stringify(repeat));
  const warm = await RawStream.open(t, alice);
  warm.write(...Array(50).fill(again));
  await warm.until('"ack"');
  const before = residentBytes(server.pid);
  const rude = await Promise.all(Array.from({ length: rounds(20) }, () => RawStream.open(t, alice)));
  for (const { socket } of rude) socket.pause();
  // Each frame is answered by the whole message: without a bound each of them would hold 30 MB and more.
  await Promise.all(
    rude.map(({ socket }) => new Promise((resolve) => socket.write(Buffer.concat(Array(500).fill(again)), resolve))),
  );
  assertOk(await alice.get("/v1/me"));
  const grown = residentBytes(server.pid) - before;
  t.diagnostic(`${rude.length} clients, ${Math.round(grown / MEBIBYTE)} MiB more`);
  // What is collected late is more where answers take longer: with PostgreSQL 400 MiB of 20 clients, 200 without.
  assert(grown < (rude.length * 15 + 150) * MEBIBYTE, `${grown / MEBIBYTE} MiB more`);
  for (const one of rude) {
    one.socket.resume();
    assert.equal(await one.closeCode(), CLOSE.tooSlow);
  }
});

test("ST3 ST7 history waits for a client that reads slowly, and does not close it", async (t) => {
  const server = await ChildServer.start(t, { withoutLimits: true });
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const listener = await StreamClient.open(t, bob);
  await listener.cut();
  await sendMany(await StreamClient.open(t, alice), room, MESSAGES, BODY, 8);
  const before = residentBytes(server.pid);
  await listener.resume();
  listener.socket.pause();
  for (let i = 0; i < 200; i++) assertOk(await alice.get("/v1/me"));
  const grown = residentBytes(server.pid) - before;
  assert(grown < 100 * MEBIBYTE, `${grown / MEBIBYTE} MiB more`);
  listener.socket.resume();
  await listener.when("all messages", () => listener.events.length === MESSAGES);
  await alice.say(room, "live again");
  await listener.until(({ content }) => content?.body === "live again");
});
