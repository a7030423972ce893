import assert from "node:assert/strict";
import { test } from "node:test";
import { Sequences } from "../../src/events/sequences.ts";
import { openEngine } from "./open-engine.ts";

test("ST1 rooms that are written at once have each a sequence of its own, told of in that order", async (t) => {
  const { db } = await openEngine(t);
  const sequences = new Sequences();
  const told: number[] = [];
  const given = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      db.write({ tenantNo: 1, room: `room ${i}` }, async (tx) => {
        // Some come to it sooner than others.
        for (let n = 0; n < i % 5; n++) await tx.get("SELECT 1 AS one");
        const seq = await sequences.next(tx, 1);
        tx.afterCommit(() => told.push(seq));
        for (let n = 0; n < i % 3; n++) await tx.get("SELECT 1 AS one");
        return seq;
      }),
    ),
  );
  const all = Array.from({ length: 50 }, (_, i) => i + 1);
  assert.deepEqual(
    given.toSorted((a, b) => a - b),
    all,
  );
  assert.deepEqual(told, all);
});
