import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { cpSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { freshSeed, Random, rounds } from "@stairwell/testing";
import { type Db, openSqlite, openSqliteReader } from "../../src/db/index.ts";
import { filesWith, filesWithAny, withinAMinute } from "../support/bytes.ts";
import { tempFolder } from "../support/store.ts";

/** Rows of the shape of the log: arriving in order, and wiped in place. */
async function openLog(t: TestContext): Promise<{ db: Db; folder: string }> {
  const folder = tempFolder(t);
  const db = openSqlite({ folder, now: Date.now, erasurePace: { lead: 20, rest: 40, retry: 20 } });
  t.after(() => db.close());
  await db.write("deployment", (tx) =>
    tx.run("CREATE TABLE log (place INTEGER NOT NULL, text TEXT, salt TEXT) STRICT"),
  );
  await db.write("deployment", (tx) => tx.run("CREATE UNIQUE INDEX by_place ON log (place)"));
  return { db, folder };
}

const put = (db: Db, place: number, text: string) =>
  db.write("deployment", (tx) => tx.run("INSERT INTO log (place, text) VALUES ($1, $2)", place, text));

const wipe = (db: Db, place: number) =>
  db.write("deployment", async (tx) => {
    await tx.run("UPDATE log SET text = NULL WHERE place = $1", place);
    tx.erased();
  });

const distinct = () => randomBytes(12).toString("hex");

test("DEL3 what was wiped leaves the store's files by itself, whatever its size and under whatever traffic", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const { db, folder } = await openLog(t);
  const size = () => random.pick([10, 300, 3000, 8100, 20_000, 60_000]) + random.int(0, 200);
  let places = 0;
  for (let round = 0; round < rounds(30); round++) {
    const words = new Map<number, string>();
    const traffic = async () => {
      for (let i = 0; i < 40; i++) {
        const [place, word] = [++places, distinct()];
        words.set(place, word);
        await put(db, place, `${word}${"x".repeat(size())}${word}`);
        await db.snapshot((reader) => reader.all("SELECT length(text) FROM log"));
      }
    };
    await Promise.all([traffic(), traffic(), traffic()]);
    assert.equal(filesWithAny(folder, words.values()).size, words.size, "what is not wiped is there to be found");
    const wiped = [...words].filter(() => random.chance(0.5));
    await Promise.all([traffic(), ...wiped.map(([place]) => wipe(db, place))]);
    const texts = wiped.map(([, word]) => word);
    await withinAMinute(() => filesWithAny(folder, texts).size === 0, `seed ${seed}, round ${round}: still found`);
    const kept = [...words.values()].filter((word) => !texts.includes(word));
    assert.equal(filesWithAny(folder, kept).size, kept.length, `seed ${seed}: the others are untouched`);
  }
});

test("DEL3 a reader that stands in the way delays the erasure to its own end, and stops nobody", async (t) => {
  const { db, folder } = await openLog(t);
  const word = distinct();
  await put(db, 1, word);
  const other = openSqliteReader(folder);
  t.after(() => other.close());
  let release!: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  const reading = other.snapshot(async (reader) => {
    await reader.get("SELECT * FROM log");
    await released;
    return reader.get<{ text: string }>("SELECT text FROM log WHERE place = 1");
  });
  await wipe(db, 1);
  // Many attempts later the bytes are still needed, and writers were not held up.
  for (let place = 2; place < 100; place++) await put(db, place, "more");
  assert.deepEqual(filesWith(folder, word).length > 0, true);
  release();
  assert.equal((await reading)?.text, word, "a snapshot sees its moment to its end");
  await withinAMinute(() => filesWith(folder, word).length === 0, "still found");
});

test("DEL3 a start takes out what a killed process left in the log", async (t) => {
  const folder = tempFolder(t);
  // It never comes to a checkpoint of its own but that of its start.
  const killed = openSqlite({ folder, now: Date.now, erasurePace: { lead: 3_600_000 } });
  t.after(() => killed.close());
  await withinAMinute(() => statSync(join(folder, "stairwell.db-wal")).size === 0, "the checkpoint of the start");
  await killed.write("deployment", (tx) => tx.run("CREATE TABLE log (place INTEGER NOT NULL, text TEXT) STRICT"));
  const word = distinct();
  await put(killed, 1, word);
  await wipe(killed, 1);
  // What a process leaves that ends here.
  const left = tempFolder(t);
  for (const file of ["stairwell.db", "stairwell.db-wal"]) cpSync(join(folder, file), join(left, file));
  assert.deepEqual(filesWith(left, word), ["stairwell.db-wal"]);
  const next = openSqlite({ folder: left, now: Date.now, erasurePace: { lead: 3_600_000 } });
  t.after(() => next.close());
  await withinAMinute(() => filesWith(left, word).length === 0, "still found");
});

test("DEL3 closing the store leaves nothing of what was wiped, though no checkpoint was due yet", async (t) => {
  const folder = tempFolder(t);
  const db = openSqlite({ folder, now: Date.now, erasurePace: { lead: 3_600_000 } });
  await db.write("deployment", (tx) => tx.run("CREATE TABLE log (place INTEGER NOT NULL, text TEXT) STRICT"));
  const word = distinct();
  await put(db, 1, word);
  await wipe(db, 1);
  assert(filesWith(folder, word).length > 0);
  await db.close();
  assert.deepEqual(filesWith(folder, word), []);
});
