import assert from "node:assert/strict";
import { test } from "node:test";
import { rounds } from "@stairwell/testing";
import { startVerified } from "../members/room-under-test.ts";
import { startExport } from "./exporting.ts";

const MIB = 2 ** 20;

test("BU5 an export takes the same memory however many events there are, and others are served meanwhile", async (t) => {
  const server = await startVerified(t);
  const [alice] = await server.people("alice");
  await server.liftLimits();
  const room = await alice.roomWith([]);
  const events = rounds(100_000);
  for (let i = 0; i < events; i += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, j) => alice.say(room, `message ${i + j} of many`)));
  }
  global.gc?.();
  const before = process.memoryUsage.rss();
  const started = performance.now();
  const response = await startExport(alice, room);
  let [bytes, most, slowest] = [0, before, 0];
  const reading = (async () => {
    for await (const part of response.body!) bytes += (part as Uint8Array).length;
    bytes = -bytes;
  })();
  while (bytes >= 0) {
    const asked = performance.now();
    await alice.say(room, "meanwhile");
    slowest = Math.max(slowest, performance.now() - asked);
    most = Math.max(most, process.memoryUsage.rss());
  }
  await reading;
  const grown = Math.round((most - before) / MIB);
  const ms = Math.round(performance.now() - started);
  t.diagnostic(
    `${events} events in ${ms} ms, ${-bytes} bytes; memory grew by ${grown} MiB; slowest send ${slowest} ms`,
  );
  assert(grown < 128, `memory grew by ${grown} MiB`);
});
