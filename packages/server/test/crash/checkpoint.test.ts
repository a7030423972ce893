import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ChildServer, freshSeed, Random, rounds, TestServer } from "@stairwell/testing";
import { assertKept, assertSoundFolder } from "./journal.ts";
import { Load, openRooms } from "./load.ts";

/** A little less than the log's length at which a commit moves it into the database file. */
const NEARLY = 3900 * 8216;
const TEXT = "y".repeat(60_000);

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), "stairwell-"));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const FILES = ["secret", "stairwell.db", "stairwell.db-wal"];

/** The files of a store whose server died with a long log: copied while it runs, which is what a crash leaves. */
async function storeWithLongLog(t: TestContext): Promise<{ image: string; rooms: string[] }> {
  const image = folder(t);
  const server = await TestServer.start(t);
  const [person] = await server.people("filler");
  await server.liftLimits();
  const rooms = await openRooms(server);
  const room = await person.roomWith([]);
  while (statSync(join(server.data, "stairwell.db-wal")).size < NEARLY) await person.say(room, TEXT);
  for (const file of FILES) copyFileSync(join(server.data, file), join(image, file));
  return { image, rooms };
}

test("a server that is killed while its log is moved into the database keeps every acknowledged event", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const { image, rooms } = await storeWithLongLog(t);
  const before = statSync(join(image, "stairwell.db")).size;
  const figures = { crashes: 0, acked: 0, moved: 0, slowestStart: 0 };
  for (let round = 0; round < rounds(60); round++) {
    const data = folder(t);
    for (const file of FILES) copyFileSync(join(image, file), join(data, file));
    const server = await ChildServer.start(t, { data });
    const load = new Load(server, rooms, random, { longest: 60_000 });
    await load.run(
      64,
      load.after(random.int(50, 400), () => void server.kill("SIGKILL")),
    );
    await server.ended;
    if (statSync(join(data, "stairwell.db")).size > before) figures.moved++;

    await server.startAgain();
    figures.slowestStart = Math.max(figures.slowestStart, server.startMs);
    await assertKept(server, rooms, load.attempts);
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
    const killing = setTimeout(() => void server.kill("SIGKILL"), random.int(0, 60));
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
