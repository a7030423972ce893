import assert from "node:assert/strict";
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { StairwellError } from "@stairwell/protocol";
import { rounds } from "@stairwell/testing";
import type { Db, Tx } from "../../src/db/index.ts";
import { Connection } from "../../src/db/connection.ts";
import { GroupCommit } from "../../src/db/group-commit.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { tempFolder } from "../support/store.ts";
import { addNote, fillUp, LARGE, noteNumbers, openNotes } from "./notes.ts";

/** All of a group were refused with this code. */
async function assertAllRefused(group: readonly Promise<unknown>[], code: string): Promise<void> {
  for (const outcome of await Promise.allSettled(group)) {
    assert.equal(outcome.status, "rejected");
    assert(outcome.reason instanceof StairwellError, String(outcome.reason));
    assert.equal(outcome.reason.code, code);
    assert.equal(outcome.reason.info.cause instanceof Error, true);
  }
}

/** Three neighbours, one of which finds the store full. */
function groupThatFillsUp(db: Db, no: number): Promise<unknown>[] {
  return [
    db.write("deployment", (tx) => addNote(tx, no)),
    db.write("deployment", async (tx) => {
      await fillUp(tx);
      await addNote(tx, no + 1, LARGE);
    }),
    db.write("deployment", (tx) => addNote(tx, no + 2)),
  ];
}

test("a full store fails the whole group as SW_STORE_FULL, keeps nothing of it, and takes the next write", async (t) => {
  const { db } = await openNotes(t);
  const expected: number[] = [];
  // Again and again: a fault that is reported once must not be forgotten the second time.
  for (let round = 0; round < rounds(200); round++) {
    await assertAllRefused(groupThatFillsUp(db, 10 * round), "SW_STORE_FULL");
    assert.deepEqual(await noteNumbers(db), expected);
    await db.write("deployment", (tx) => addNote(tx, 10 * round, LARGE.slice(0, 1 << 14)));
    expected.push(10 * round);
  }
  assert.deepEqual(await noteNumbers(db), expected);
});

test("a command that makes nothing of a full store cannot answer, nor can its neighbours write on", async (t) => {
  const { db } = await openNotes(t);
  const swallows = async (tx: Tx): Promise<string> => {
    await fillUp(tx);
    await assert.rejects(addNote(tx, 2, LARGE));
    return "all is well";
  };
  const disguises = async (tx: Tx): Promise<void> => {
    await fillUp(tx);
    await addNote(tx, 2, LARGE).catch(() => {
      throw new StairwellError("SW_ROOM_FROZEN");
    });
  };
  for (const work of [swallows, disguises]) {
    const group = [
      db.write("deployment", (tx) => addNote(tx, 1)),
      db.write<unknown>("deployment", work),
      db.write("deployment", (tx) => addNote(tx, 3)),
    ];
    await assertAllRefused(group, "SW_STORE_FULL");
    assert.deepEqual(await noteNumbers(db), []);
  }
  await db.write("deployment", (tx) => addNote(tx, 4));
  assert.deepEqual(await noteNumbers(db), [4]);
});

test("a commit that fails keeps nothing of the group and answers none of it, and the next group commits", async (t) => {
  const { db } = await openNotes(t);
  await db.write("deployment", (tx) =>
    tx.run("CREATE TABLE answers (no INTEGER REFERENCES notes DEFERRABLE INITIALLY DEFERRED) STRICT"),
  );
  let hooks = 0;
  const group = [
    db.write("deployment", async (tx) => {
      tx.afterCommit(() => hooks++);
      await addNote(tx, 1);
    }),
    // Only the commit finds that there is no such note.
    db.write("deployment", (tx) => tx.run("INSERT INTO answers VALUES (99)")),
    db.write("deployment", async (tx) => {
      tx.afterCommit(() => hooks++);
      await addNote(tx, 2);
    }),
  ];
  for (const outcome of await Promise.allSettled(group)) {
    assert.equal(outcome.status, "rejected");
    assert.match(outcome.reason.message, /FOREIGN KEY constraint failed/);
  }
  assert.equal(hooks, 0);
  assert.deepEqual(await noteNumbers(db), []);
  await db.write("deployment", (tx) => addNote(tx, 3));
  assert.deepEqual(await noteNumbers(db), [3]);
});

test("a store that another program keeps locked is SW_UNAVAILABLE until it is let go", async (t) => {
  const { db, folder } = await openNotes(t);
  const other = new DatabaseSync(join(folder, "stairwell.db"));
  t.after(() => other.close());
  for (let round = 0; round < 3; round++) {
    await db.write("deployment", (tx) => tx.get("PRAGMA busy_timeout = 0"));
    other.exec("BEGIN IMMEDIATE");
    await assertAllRefused(
      [db.write("deployment", (tx) => addNote(tx, 1)), db.write("deployment", (tx) => addNote(tx, 2))],
      "SW_UNAVAILABLE",
    );
    assert.deepEqual(
      await noteNumbers(db),
      Array.from({ length: round }, (_, i) => 10 + i),
    );
    other.exec("ROLLBACK");
    await db.write("deployment", (tx) => addNote(tx, 10 + round));
  }
});

test("a store that cannot be opened again after a fault is SW_UNAVAILABLE until it can", async (t) => {
  const folder = tempFolder(t);
  const [here, away] = [join(folder, "here"), join(folder, "away")];
  mkdirSync(here);
  const open = (): Connection => {
    const connection = new Connection(join(here, "notes.db"), { readOnly: false });
    connection.exec("PRAGMA journal_mode = WAL");
    return connection;
  };
  const writer = new GroupCommit(open, () => systemClock.now());
  await writer.write((tx) => tx.run("CREATE TABLE notes (no INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT"));
  await writer.write((tx) => addNote(tx, 1));

  renameSync(here, away);
  const full = writer.write(async (tx) => {
    await fillUp(tx);
    await addNote(tx, 2, LARGE);
  });
  await assertAllRefused([full], "SW_STORE_FULL");
  for (let tries = 0; tries < 3; tries++) {
    await assertAllRefused(
      [writer.write((tx) => addNote(tx, 3)), writer.write((tx) => addNote(tx, 4))],
      "SW_UNAVAILABLE",
    );
  }
  renameSync(away, here);
  const count = await writer.write(async (tx) => {
    await addNote(tx, 5);
    return tx.all<{ no: number }>("SELECT no FROM notes ORDER BY no");
  });
  assert.deepEqual(
    count.map(({ no }) => no),
    [1, 5],
  );
  await writer.stop();
  writer.close();
});
