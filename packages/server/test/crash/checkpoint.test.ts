import assert from "node:assert/strict";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ChildServer, freshSeed, Random, rounds } from "@stairwell/testing";
import { assertKept, assertSoundFolder } from "./journal.ts";
import { Load, openRooms } from "./load.ts";
import { makeLongLog } from "./long-log.ts";

test("a server that is killed while its log is moved into the database keeps every acknowledged event", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const store = await makeLongLog(t);
  const figures = { crashes: 0, acked: 0, moved: 0, slowestStart: 0 };
  for (let round = 0; round < rounds(60); round++) {
    const data = store.copy();
    const server = await ChildServer.start(t, { data });
    const load = new Load(server, store.rooms, random, { longest: 60_000 });
    const hasMoved = (): boolean => statSync(join(data, "stairwell.db")).size > store.size;
    const kill = () => void server.kill("SIGKILL");
    // One crash comes as soon as it is seen that the log is being moved, on any machine.
    await load.run(64, round === 0 ? load.once(hasMoved, kill) : load.after(random.int(50, 400), kill));
    await server.ended;
    if (hasMoved()) figures.moved++;

    await server.startAgain();
    figures.slowestStart = Math.max(figures.slowestStart, server.startMs);
    await assertKept(server, store.rooms, load.attempts);
    await assertSoundFolder(data);
    figures.crashes++;
    figures.acked += load.acked.length;
    await server.kill("SIGKILL");
    rmSync(data, { recursive: true });
  }
  t.diagnostic(`seed ${seed}: ${JSON.stringify(figures)}`);
  assert(figures.moved > 0, "no crash came so late that the log was being moved");
});

test("a server that is killed while it stops keeps every acknowledged event", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const figures = { crashes: 0, acked: 0, killed: 0 };
  const server = await ChildServer.start(t, { withoutLimits: true });
  for (let round = 0; round < rounds(60); round++) {
    const rooms = await openRooms(server);
    const load = new Load(server, rooms, random, { name: `${round}` });
    await load.run(16, () => load.acked.length >= 100);
    process.kill(server.pid, "SIGTERM");
    const killing = setTimeout(() => void server.kill("SIGKILL"), random.int(0, 120));
    const end = await server.ended;
    clearTimeout(killing);
    assert.equal(end.messages, "");
    if (end.signal === "SIGKILL") figures.killed++;
    await server.startAgain();
    await assertKept(server, rooms, load.attempts);
    figures.crashes++;
    figures.acked += load.acked.length;
  }
  await assertSoundFolder(server.data);
  t.diagnostic(`seed ${seed}: ${JSON.stringify(figures)}`);
});
