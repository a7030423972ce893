import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { Connection } from "../../src/db/connection.ts";
import { openSqlite } from "../../src/db/index.ts";
import { migrate } from "../../src/db/migrate.ts";
import { migrationsIn } from "../../src/db/migration-files.ts";
import { openFault } from "../../src/db/open-fault.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { tempFolder } from "../support/store.ts";

const OURS = join(import.meta.dirname, "../../src/db/migrations/sqlite");
const NOTES = "CREATE TABLE notes (no INTEGER PRIMARY KEY) STRICT;";
const TAGS = "CREATE TABLE tags (no INTEGER PRIMARY KEY) STRICT; INSERT INTO tags VALUES (1);";

/** A database and a folder of migrations for it, written as `001-notes.sql` and so on. */
function openOld(t: TestContext) {
  const folder = tempFolder(t);
  const connection = new Connection(join(folder, "old.db"), { readOnly: false });
  const looker = new Connection(join(folder, "old.db"), { readOnly: true });
  t.after(() => {
    connection.close();
    looker.close();
  });
  return {
    write: (file: string, sql: string) => writeFileSync(join(folder, file), sql),
    remove: (file: string) => rmSync(join(folder, file)),
    migrate: (now = 1000) => migrate(connection, migrationsIn(folder), now),
    /** The number changes with every commit of the writing connection. */
    version: () => (looker.get("PRAGMA data_version", []) as { data_version: number }).data_version,
    tables: () =>
      looker
        .all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", [])
        .map((row) => (row as { name: string }).name),
    applied: () =>
      looker
        .all("SELECT version, name, applied_at FROM schema_migrations ORDER BY version", [])
        .map((row) => ({ ...(row as object) })),
  };
}

test("migrations run in order, each once, and a repeat writes nothing", (t) => {
  const old = openOld(t);
  old.write("001-notes.sql", NOTES);
  old.migrate(1000);
  old.write("002-tags.sql", TAGS);
  old.migrate(2000);
  const before = old.version();
  old.migrate(3000);
  assert.equal(old.version(), before);
  assert.deepEqual(old.tables(), ["notes", "schema_migrations", "tags"]);
  assert.deepEqual(old.applied(), [
    { version: 1, name: "notes", applied_at: 1000 },
    { version: 2, name: "tags", applied_at: 2000 },
  ]);
});

test("a database that is newer than the program is refused, and nothing is changed", (t) => {
  const old = openOld(t);
  old.write("001-notes.sql", NOTES);
  old.write("002-tags.sql", TAGS);
  old.migrate();
  old.remove("002-tags.sql");
  const before = old.version();
  assert.throws(
    () => old.migrate(),
    /the database has schema version 2, this program knows 1: use the newer program, nothing was changed/,
  );
  assert.equal(old.version(), before);
});

test("a migration that was changed after it ran is refused, and nothing is changed", (t) => {
  const old = openOld(t);
  old.write("001-notes.sql", NOTES);
  old.migrate();
  old.write("001-notes.sql", `${NOTES} -- a remark`);
  old.write("002-tags.sql", TAGS);
  const before = old.version();
  assert.throws(() => old.migrate(), /migration 1 was changed after it ran/);
  assert.equal(old.version(), before);
});

test("a migration that fails keeps nothing of itself and all of those before it, and can run later", (t) => {
  const old = openOld(t);
  old.write("001-notes.sql", NOTES);
  old.write("002-tags.sql", `${TAGS} INSERT INTO tags VALUES (1);`);
  old.write("003-more.sql", "CREATE TABLE more (no INTEGER) STRICT;");
  assert.throws(
    () => old.migrate(),
    (error: Error) =>
      /migration 2 \(tags\) failed; nothing of it was kept/.test(error.message) &&
      /UNIQUE/.test((error.cause as Error).message),
  );
  assert.deepEqual(old.tables(), ["notes", "schema_migrations"]);
  assert.deepEqual(old.applied(), [{ version: 1, name: "notes", applied_at: 1000 }]);
  old.write("002-tags.sql", TAGS);
  old.migrate(2000);
  assert.deepEqual(old.tables(), ["more", "notes", "schema_migrations", "tags"]);
});

test("migrations without a gap in their numbers, or none", (t) => {
  const old = openOld(t);
  old.write("001-notes.sql", NOTES);
  old.write("003-tags.sql", TAGS);
  assert.throws(() => old.migrate(), /migration 003-tags.sql is out of order/);
});

test("FD15 a store that has not counted what it heard of names keeps what it knew, and counts from none", (t) => {
  const connection = new Connection(join(tempFolder(t), "old.db"), { readOnly: false });
  t.after(() => connection.close());
  const all = migrationsIn(OURS);
  const at = all.findIndex(({ name }) => name === "names-heard");
  migrate(connection, all.slice(0, at), 1000);
  connection.run("INSERT INTO foreign_profiles VALUES (1, 2, 'b.example', 3, NULL)", []);
  migrate(connection, all, 2000);
  const rows = connection.all("SELECT participant_no, heard_at, due_at, heard FROM foreign_profiles", []);
  assert.deepEqual(
    rows.map((row) => ({ ...(row as object) })),
    [{ participant_no: 2, heard_at: 3, due_at: null, heard: 0 }],
  );
});

test("a store that refuses to open lets go of its folder", async (t) => {
  const folder = tempFolder(t);
  const open = () => openSqlite({ folder, now: () => systemClock.now() });
  const db = open();
  await db.write("deployment", (tx) => tx.run("INSERT INTO schema_migrations VALUES (999, 'future', 'x', 0)"));
  await db.close();
  const bytes = readFileSync(join(folder, "stairwell.db"));
  for (let tries = 0; tries < 3; tries++) assert.throws(open, /the database has schema version 999/);
  assert.deepEqual(readFileSync(join(folder, "stairwell.db")), bytes);
});

test("a migration for which the disk has no room says so", (t) => {
  const folder = tempFolder(t);
  writeFileSync(join(folder, "001-large.sql"), "CREATE TABLE large AS SELECT zeroblob(1000000) AS what;");
  const connection = new Connection(join(folder, "full.db"), { readOnly: false });
  t.after(() => connection.close());
  connection.exec("PRAGMA max_page_count = 20");
  const failing = () => {
    try {
      migrate(connection, migrationsIn(folder), 1000);
    } catch (error) {
      throw openFault(error, folder);
    }
  };
  assert.throws(failing, /the disk of .* is full: free some space and start again/);
  assert.equal(connection.isInTransaction, false);
});
