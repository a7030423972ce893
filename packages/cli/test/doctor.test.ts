import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { onFolder, stairwell } from "./command-line.ts";

test("doctor says what it found and what to do, for people and as JSON", async (t) => {
  const { stairwell: on } = onFolder(t);
  await on("tenant", "create", "acme", "--server-name", "acme.example");
  const well = await on("doctor", "--listen", "127.0.0.1:0");
  assert.equal(well.code, 0, well.data);
  assert.match(well.data, /^ok +sqlite +3\.\d+\.\d+$/m);
  const { ok, checks } = JSON.parse((await on("doctor", "--listen", "127.0.0.1:0", "--json")).data);
  assert.deepEqual([ok, checks.length], [true, 9]);
  const wrong = await on("doctor", "--listen", "8080");
  assert.equal(wrong.code, 1);
  assert.match(wrong.data, /^failed +configuration +--listen must be HOST:PORT\n +Put it right.*\n1 fault to mend/m);
});

test("migrate says the schema version, and brings a store up to date when nobody serves it", async (t) => {
  const { folder, stairwell: on } = onFolder(t);
  assert.equal((await on("migrate")).code, 4);
  mkdirSync(folder);
  new DatabaseSync(join(folder, "stairwell.db")).exec("PRAGMA user_version = 0; CREATE TABLE t (a); DROP TABLE t");
  const dry = await on("migrate", "--dry-run");
  assert.deepEqual([dry.code, dry.messages], [0, ""]);
  assert.match(dry.data, /^Schema version 0: \d+ migrations? to \d+ to run: foundation/);
  const ran = JSON.parse((await on("migrate", "--json")).data);
  assert.deepEqual([ran.before, ran.version, ran.ran[0]], [0, ran.newest, "foundation"]);
  assert.match((await on("migrate")).data, /^Schema version \d+: up to date\.\n$/);
  const store = new DatabaseSync(join(folder, "stairwell.db"));
  store.exec("INSERT INTO schema_migrations VALUES (9999, 'later', '', 0)");
  store.close();
  const newer = await on("migrate");
  assert.equal(newer.code, 1);
  assert.match(newer.messages, /schema version 9999.*use the newer program; nothing was changed/);
});

test("migrate does not touch a store that somebody holds", async (t) => {
  const { folder, stairwell: on } = onFolder(t);
  mkdirSync(folder);
  new DatabaseSync(join(folder, "stairwell.db")).exec("CREATE TABLE t (a); DROP TABLE t");
  const holder = new DatabaseSync(join(folder, "lock"));
  holder.exec("BEGIN EXCLUSIVE");
  const held = await on("migrate");
  assert.deepEqual([held.code, held.data], [5, ""]);
  assert.match(held.messages, /another stairwell process is using the data folder/);
  holder.close();
  assert.equal((await on("migrate")).code, 0);
  assert.equal((await stairwell("migrate", "--data", join(folder, "nothing"))).code, 4);
});
