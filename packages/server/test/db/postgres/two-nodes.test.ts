import assert from "node:assert/strict";
import { test } from "node:test";
import { freshSeed, Random, rounds } from "@stairwell/testing";
import type { Db } from "../../../src/db/index.ts";
import { addNote } from "../notes.ts";
import { notesDatabase, openOn, stranger, TENANT } from "./stores.ts";

test("two nodes that read a number and write the next never write the same", async (t) => {
  const url = await notesDatabase(t);
  const nodes = [await openOn(t, url), await openOn(t, url)];
  const many = rounds(1000);
  const count = async (db: Db): Promise<void> => {
    for (let i = 0; i < many; i++) {
      await db.write(TENANT, async (tx) => {
        const { n } = (await tx.get<{ n: number }>("SELECT n FROM totals WHERE no = 1"))!;
        await tx.run("UPDATE totals SET n = $1 WHERE no = 1", n + 1);
      });
    }
  };
  await Promise.all(nodes.map(count));
  assert.deepEqual(await nodes[0]!.all("SELECT n FROM totals WHERE no = 1"), [{ n: 2 * many }]);
});

test("whoever writes the whole deployment has it alone: no tenant is written meanwhile, on any node", async (t) => {
  const url = await notesDatabase(t);
  const nodes = [await openOn(t, url), await openOn(t, url)];
  const many = rounds(300);
  const count = async (db: Db, which: number): Promise<void> => {
    for (let i = 0; i < many; i++) {
      if ((i + which) % 2 === 0) {
        await db.write("deployment", async (tx) => {
          const { n } = (await tx.get<{ n: number }>("SELECT n FROM totals WHERE no = 1"))!;
          await tx.run("UPDATE totals SET n = $1 WHERE no = 1", n + 1);
        });
      } else {
        // Tenants beside each other may not read and then write what is not theirs.
        const tenantNo = 1 + (i % 3);
        await db.write({ tenantNo }, (tx) => tx.run("UPDATE totals SET n = n + 1 WHERE no = 1"));
      }
    }
  };
  await Promise.all(nodes.map(count));
  assert.deepEqual(await nodes[0]!.all("SELECT n FROM totals WHERE no = 1"), [{ n: 2 * many }]);
});

test("nothing is ever committed below what a reader of a tenant's sequence has read", async (t) => {
  const url = await notesDatabase(t);
  const nodes = [await openOn(t, url), await openOn(t, url)];
  const reader = await stranger(t, url);
  const seed = freshSeed();
  const random = new Random(seed);
  const many = rounds(1000);
  let isOver = false;
  const read: number[] = [];
  const poll = (async () => {
    for (let isLast = false; ; isLast = isOver) {
      const found = await reader.query("SELECT no FROM notes WHERE no > $1 ORDER BY no", [read.at(-1) ?? 0]);
      read.push(...found.rows.map(({ no }) => Number(no)));
      if (isLast) return;
    }
  })();
  const write = async (db: Db): Promise<void> => {
    for (let i = 0; i < many; i++) {
      const [before, after] = [random.int(0, 3), random.int(0, 3)];
      await db.write(TENANT, async (tx) => {
        for (let n = 0; n < before; n++) await tx.get("SELECT 1 AS one");
        const { no } = (await tx.get<{ no: number }>("SELECT coalesce(max(no), 0) + 1 AS no FROM notes"))!;
        await addNote(tx, no);
        for (let n = 0; n < after; n++) await tx.get("SELECT 1 AS one");
      });
    }
  };
  await Promise.all(nodes.flatMap((db) => [write(db), write(db)]));
  isOver = true;
  await poll;
  assert.deepEqual(
    read,
    Array.from({ length: 4 * many }, (_, i) => i + 1),
    `seed ${seed}`,
  );
});
