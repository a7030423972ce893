import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openSqlite } from "../../src/db/index.ts";
import { tempFolder } from "../support/store.ts";
import { addNote, noteNumbers, openNotes } from "./notes.ts";

const TENANT = { tenantNo: 1 };

test("tidying up loses nothing, twice over, beside commits and with a reader in the way", async (t) => {
  const { db, again } = await openNotes(t);
  await db.write(TENANT, (tx) => addNote(tx, 1));
  await db.snapshot(async (reader) => {
    await noteNumbers(reader);
    await db.write(TENANT, (tx) => addNote(tx, 2));
    await Promise.all([db.tidy(), db.write(TENANT, (tx) => addNote(tx, 3)), db.tidy()]);
    assert.deepEqual(await noteNumbers(reader), [1]);
  });
  await db.tidy();
  assert.deepEqual(await noteNumbers(await again()), [1, 2, 3]);
});

test("one who tidies up leaves little for any one commit to move: the embedded store's log stays short", async (t) => {
  const logBytes = async (isTidy: boolean): Promise<number> => {
    const folder = tempFolder(t);
    const db = openSqlite({ folder, now: () => Date.now() });
    try {
      await db.write("deployment", (tx) => tx.run("CREATE TABLE notes (no BIGINT PRIMARY KEY, text TEXT NOT NULL)"));
      for (let i = 0; i < 20; i++) {
        await db.write(TENANT, (tx) => addNote(tx, i, "x".repeat(500_000)));
        if (isTidy) await db.tidy();
      }
      return statSync(join(folder, "stairwell.db-wal")).size;
    } finally {
      await db.close();
    }
  };
  const [tidy, untidy] = [await logBytes(true), await logBytes(false)];
  assert.ok(tidy < 2_000_000 && untidy > 8_000_000, `${tidy} and ${untidy} bytes`);
});
