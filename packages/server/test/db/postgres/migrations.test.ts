import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { emptyDatabase } from "@stairwell/testing";
import { migrationsIn } from "../../../src/db/migration-files.ts";
import { notesDatabase, openOn, stranger } from "./stores.ts";

const MIGRATIONS = migrationsIn(join(import.meta.dirname, "../../../src/db/migrations/postgres"));
const APPLIED = "SELECT version, name, checksum FROM schema_migrations ORDER BY version";

test("nodes that start at once on an empty database migrate it once, and all of them serve", async (t) => {
  for (let round = 0; round < 3; round++) {
    const { url, drop } = await emptyDatabase();
    t.after(drop);
    const nodes = await Promise.all(Array.from({ length: 4 }, () => openOn(t, url)));
    for (const db of nodes) {
      assert.deepEqual(
        await db.all(APPLIED),
        MIGRATIONS.map(({ version, name, checksum }) => ({ version, name, checksum })),
      );
      await db.write("deployment", (tx) => tx.run("UPDATE schema_migrations SET applied_at = applied_at + 1"));
    }
    await Promise.all(nodes.map((db) => db.close()));
  }
});

test("a database of a newer program is refused with a sentence that says so, and is left as it is", async (t) => {
  const url = await notesDatabase(t);
  const other = await stranger(t, url);
  const next = MIGRATIONS.length + 1;
  await other.query(`INSERT INTO schema_migrations VALUES (${next}, 'later', 'abc', 7)`);
  const before = (await other.query(APPLIED)).rows;
  await assert.rejects(openOn(t, url), {
    message: `the database has schema version ${next}, this program knows ${next - 1}: use the newer program, nothing was changed`,
  });
  assert.deepEqual((await other.query(APPLIED)).rows, before);
});

test("a migration that was changed after it ran is refused", async (t) => {
  const url = await notesDatabase(t);
  const other = await stranger(t, url);
  await other.query("UPDATE schema_migrations SET checksum = 'abc' WHERE version = 1");
  await assert.rejects(openOn(t, url), { message: "migration 1 was changed after it ran" });
});

test("a migration that fails leaves nothing of itself, and the next start runs it again", async (t) => {
  const { url, drop } = await emptyDatabase();
  t.after(drop);
  const other = await stranger(t, url);
  // Something of ours is in the way of the last statement of all.
  await other.query("CREATE FUNCTION import_ended() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
  await assert.rejects(openOn(t, url), /migration 2 \(nodes\) failed; nothing of it was kept/);
  assert.equal((await other.query("SELECT to_regclass('secrets') AS is_there")).rows[0].is_there, null);
  assert.equal((await other.query(APPLIED)).rows.length, 1);
  await other.query("DROP FUNCTION import_ended()");
  const db = await openOn(t, url);
  assert.equal((await db.all(APPLIED)).length, MIGRATIONS.length);
});

test("FD15 a database that has not counted what it heard of names keeps what it knew, and counts from none", async (t) => {
  const url = await notesDatabase(t);
  const other = await stranger(t, url);
  const { version } = MIGRATIONS.find(({ name }) => name === "names-heard")!;
  await other.query("ALTER TABLE foreign_profiles DROP COLUMN heard");
  await other.query(`DELETE FROM schema_migrations WHERE version >= ${version}`);
  await other.query("INSERT INTO foreign_profiles VALUES (1, 2, 'b.example', 3, NULL)");
  const db = await openOn(t, url);
  assert.deepEqual(await db.all("SELECT participant_no, heard_at, due_at, heard FROM foreign_profiles"), [
    { participant_no: 2, heard_at: 3, due_at: null, heard: 0 },
  ]);
});
