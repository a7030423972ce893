import assert from "node:assert/strict";
import { mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { freshSeed, Random, rounds } from "@stairwell/testing";
import { Checkpoints } from "../../src/db/checkpoints.ts";
import { Connection } from "../../src/db/connection.ts";
import { openSqlite } from "../../src/db/index.ts";
import { tempFolder } from "../support/store.ts";
import { addNote, noteNumbers } from "./notes.ts";

const TENANT = { tenantNo: 1 };
/** More than the log is left with. */
const MUCH = "x".repeat(12_000_000);

/** A log of a store without a server, and what keeps it short. */
function openLog(t: TestContext) {
  const folder = join(tempFolder(t), "store");
  const path = join(folder, "notes.db");
  mkdirSync(folder);
  const open = () => new Connection(path, { readOnly: false });
  const writer = open();
  writer.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
  writer.exec("CREATE TABLE notes (text TEXT NOT NULL)");
  const checkpoints = new Checkpoints({ path, between: async (work) => work(writer) });
  t.after(async () => {
    await checkpoints.stop();
    writer.close();
  });
  return {
    folder,
    checkpoints,
    open,
    write: (text: string) => writer.run("INSERT INTO notes VALUES ($1)", [text]),
    sound: () => (writer.get("PRAGMA integrity_check", []) as { integrity_check: string }).integrity_check,
    logBytes: () => statSync(`${path}-wal`).size,
    storeBytes: () => statSync(path).size,
  };
}

test("a log that has grown is moved into the database, and begins anew", async (t) => {
  const log = openLog(t);
  for (let i = 0; i < 5; i++) {
    log.write(MUCH);
    await log.checkpoints.look();
  }
  assert.ok(log.storeBytes() > 5 * MUCH.length, `${log.storeBytes()} bytes are in the database`);
  assert.ok(log.logBytes() < 2 * MUCH.length, `${log.logBytes()} bytes are in the log`);
  assert.equal(log.sound(), "ok");
});

test("a log that is short is left alone", async (t) => {
  const log = openLog(t);
  const before = log.storeBytes();
  log.write("short");
  await log.checkpoints.look();
  assert.equal(log.storeBytes(), before);
});

test("a reader in the way keeps nobody waiting: the log is moved once they are gone", async (t) => {
  const log = openLog(t);
  const reader = log.open();
  reader.exec("BEGIN");
  reader.get("SELECT count(*) FROM notes", []);
  for (let i = 0; i < 3; i++) {
    log.write(MUCH);
    await log.checkpoints.look();
  }
  assert.deepEqual({ ...(reader.get("SELECT count(*) AS notes FROM notes", []) as object) }, { notes: 0 });
  reader.close();
  log.write(MUCH);
  await log.checkpoints.look();
  assert.ok(log.storeBytes() > 4 * MUCH.length, `${log.storeBytes()} bytes are in the database`);
  assert.equal(log.sound(), "ok");
});

test("where a move fails, the next one is tried with another thread", async (t) => {
  const log = openLog(t);
  const before = log.storeBytes();
  log.write(MUCH);
  // Whoever has the files open goes on; the thread finds none.
  renameSync(log.folder, `${log.folder}-away`);
  await log.checkpoints.look();
  renameSync(`${log.folder}-away`, log.folder);
  assert.equal(log.storeBytes(), before);
  await log.checkpoints.look();
  assert.ok(log.storeBytes() > MUCH.length, `${log.storeBytes()} bytes are in the database`);
});

test("a store that is closed while its log is moved has everything when it is opened again", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const folder = tempFolder(t);
  const open = () => openSqlite({ folder, now: () => Date.now() });
  const made = open();
  await made.write("deployment", (tx) => tx.run("CREATE TABLE notes (no BIGINT PRIMARY KEY, text TEXT NOT NULL)"));
  await made.close();
  let notes = 0;
  for (let round = 0; round < rounds(30); round++) {
    const db = open();
    const writes = Array.from({ length: random.int(8, 40) }, () => {
      const no = notes++;
      return db.write(TENANT, (tx) => addNote(tx, no, "x".repeat(random.int(100_000, 1_000_000))));
    });
    if (random.chance(0.5)) db.wroteMuch();
    await Promise.all(writes);
    if (random.chance(0.5)) db.wroteMuch();
    await db.close();
    assert.ok(
      statSync(join(folder, "stairwell.db")).size > notes * 100_000,
      `seed ${seed}: a closed store is one file`,
    );
  }
  const db = open();
  t.after(() => db.close());
  assert.deepEqual(
    await noteNumbers(db),
    Array.from({ length: notes }, (_, no) => no),
    `seed ${seed}`,
  );
  assert.deepEqual(await db.damage(), []);
});
