import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reader } from "../../src/db/index.ts";
import { addNote, openNotes } from "./notes.ts";

const TENANT = { tenantNo: 1 };
const count = async (reader: Reader) => (await reader.get<{ n: number }>("SELECT count(*) AS n FROM notes"))!.n;

test("a snapshot sees one moment, and reads outside it see each commit", async (t) => {
  const { db } = await openNotes(t);
  const seen = await db.snapshot(async (reader) => {
    const before = await count(reader);
    await db.write(TENANT, (tx) => addNote(tx, 1));
    return [before, await count(reader), await count(db)];
  });
  assert.deepEqual(seen, [0, 0, 1]);
  assert.equal(await db.snapshot(count), 1);
});

test("a thousand snapshots asked for at once take turns, and each sees one moment", async (t) => {
  const { db } = await openNotes(t);
  let under = 0;
  let most = 0;
  const snapshots = Array.from({ length: 1000 }, () =>
    db.snapshot(async (reader) => {
      most = Math.max(most, ++under);
      const first = await count(reader);
      const second = await count(reader);
      under--;
      assert.equal(second, first);
    }),
  );
  await Promise.all([...snapshots, db.write(TENANT, (tx) => addNote(tx, 1))]);
  assert(most <= 8, `${most} at once`);
  assert.equal(under, 0);
});

test("snapshots that fail let others have their turn", async (t) => {
  const { db } = await openNotes(t);
  const failing = Array.from({ length: 50 }, () => db.snapshot((reader) => reader.get("SELECT no FROM nowhere")));
  const outcomes = await Promise.allSettled(failing);
  assert.deepEqual(new Set(outcomes.map(({ status }) => status)), new Set(["rejected"]));
  await db.write(TENANT, (tx) => addNote(tx, 7));
  assert.equal(await db.snapshot(count), 1);
});
