import assert from "node:assert/strict";
import { test } from "node:test";
import { StairwellError } from "@stairwell/protocol";
import { freshSeed, Random, rounds } from "@stairwell/testing";
import { openSqlite, type Tx } from "../../src/db/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { tempFolder } from "../support/store.ts";
import { addNote, noteNumbers, openNotes } from "./notes.ts";

test("commands of one turn share one group, see what those before them wrote, and one time each", async (t) => {
  const groups: number[] = [];
  const db = openSqlite({
    folder: tempFolder(t),
    now: () => systemClock.now(),
    onGroup: (commands) => groups.push(commands),
  });
  t.after(() => db.close());
  await db.write("deployment", (tx) =>
    tx.run("CREATE TABLE notes (no INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT"),
  );
  const seen = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      db.write("deployment", async (tx) => {
        const { now } = tx;
        await addNote(tx, i);
        assert.equal(tx.now, now);
        return (await tx.get<{ n: number }>("SELECT count(*) AS n FROM notes"))!.n;
      }),
    ),
  );
  assert.deepEqual(
    seen,
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
  assert.deepEqual(groups, [1, 100]);
});

test("nobody outside the group sees a row of it before its commit", async (t) => {
  const { db } = await openNotes(t);
  const during = await db.write("deployment", async (tx) => {
    await addNote(tx, 1);
    return [(await tx.all("SELECT no FROM notes")).length, (await noteNumbers(db)).length];
  });
  assert.deepEqual(during, [1, 0]);
  assert.deepEqual(await noteNumbers(db), [1]);
});

test("a command that fails after it wrote undoes itself alone, and its neighbours commit", async (t) => {
  const { db } = await openNotes(t);
  await db.write("deployment", (tx) => addNote(tx, 0));
  const outcomes = await Promise.allSettled([
    db.write("deployment", (tx) => addNote(tx, 1)),
    db.write("deployment", async (tx) => {
      await addNote(tx, 2);
      throw new StairwellError("SW_ROOM_FROZEN");
    }),
    db.write("deployment", async (tx) => {
      await addNote(tx, 3);
      await addNote(tx, 0);
    }),
    db.write("deployment", async (tx) => {
      await addNote(tx, 4);
      await assert.rejects(addNote(tx, 0));
    }),
    db.write("deployment", (tx) => addNote(tx, 5)),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["fulfilled", "rejected", "rejected", "fulfilled", "fulfilled"],
  );
  assert.equal((outcomes[1] as PromiseRejectedResult).reason.code, "SW_ROOM_FROZEN");
  assert.match((outcomes[2] as PromiseRejectedResult).reason.message, /UNIQUE constraint failed/);
  assert.deepEqual(await noteNumbers(db), [0, 1, 4, 5]);
});

type Way = "writes" | "refuses first" | "fails between" | "breaks a constraint" | "fails after all";

/** One command of a random group: two rows of its own, and a count that each neighbour moves. */
async function behave(tx: Tx, no: number, way: Way): Promise<number> {
  if (way === "refuses first") throw new StairwellError("SW_ROOM_FROZEN");
  await addNote(tx, 2 * no);
  await tx.run("UPDATE totals SET n = n + 1");
  if (way === "fails between") throw new Error("between");
  if (way === "breaks a constraint") await addNote(tx, 2 * no);
  await addNote(tx, 2 * no + 1);
  const { n } = (await tx.get<{ n: number }>("SELECT n FROM totals"))!;
  if (way === "fails after all") throw new Error("after all");
  return n;
}

test("whatever the commands of a group do, those that answer are whole and those that fail have left nothing", async (t) => {
  const { db } = await openNotes(t);
  await db.write("deployment", async (tx) => {
    await tx.run("CREATE TABLE totals (n INTEGER NOT NULL) STRICT");
    await tx.run("INSERT INTO totals VALUES (0)");
  });
  const seed = freshSeed();
  const random = new Random(seed);
  const expected: number[] = [];
  let no = 0;
  for (let round = 0; round < rounds(500); round++) {
    const ways: Way[] = [
      "writes",
      "writes",
      "writes",
      "refuses first",
      "fails between",
      "breaks a constraint",
      "fails after all",
    ];
    const hooks: number[] = [];
    const group = Array.from({ length: random.int(1, 30) }, () => ({ no: no++, way: random.pick(ways) }));
    const outcomes = await Promise.allSettled(
      group.map((command) =>
        db.write("deployment", (tx) => {
          tx.afterCommit(() => hooks.push(command.no));
          return behave(tx, command.no, command.way);
        }),
      ),
    );
    const written = group.filter(({ way }) => way === "writes").map((command) => command.no);
    expected.push(...written);
    assert.deepEqual(
      outcomes.map(({ status }) => status === "fulfilled"),
      group.map(({ way }) => way === "writes"),
      `seed ${seed}`,
    );
    // Each saw exactly the neighbours that were kept.
    const counts = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    assert.deepEqual(
      counts,
      written.map((_, i) => expected.length - written.length + i + 1),
      `seed ${seed}`,
    );
    assert.deepEqual(hooks, written, `seed ${seed}`);
  }
  assert.deepEqual(
    await noteNumbers(db),
    expected.flatMap((n) => [2 * n, 2 * n + 1]),
    `seed ${seed}`,
  );
});

test("what is to be done after the commit is done once, before the answer, and never for a failure", async (t) => {
  const { db } = await openNotes(t);
  const told: string[] = [];
  let tries = 0;
  const write = (name: string, fails: boolean): Promise<unknown> =>
    db
      .write("deployment", async (tx) => {
        tries++;
        await addNote(tx, tries);
        tx.afterCommit(() => told.push(`${name} committed`));
        if (fails) throw new Error("no");
      })
      .then(
        () => told.push(`${name} answered`),
        () => told.push(`${name} failed`),
      );
  await Promise.all([write("a", false), write("b", true), write("c", false)]);
  // a ran again, since b's failure undid the transaction.
  assert.equal(tries, 4);
  assert.deepEqual(told.toSorted(), ["a answered", "a committed", "b failed", "c answered", "c committed"]);
  assert(told.indexOf("a committed") < told.indexOf("a answered"));
});

test("a transaction that is over refuses to be used", async (t) => {
  const { db } = await openNotes(t);
  let kept: Tx | undefined;
  await db.write("deployment", async (tx) => {
    kept = tx;
    await addNote(tx, 1);
  });
  for (const use of [() => addNote(kept!, 2), () => kept!.get("SELECT 1"), () => kept!.all("SELECT 1")]) {
    await assert.rejects(use(), /a finished command used its transaction/);
  }
  await assert.rejects(
    db.write("deployment", async (tx) => {
      kept = tx;
      throw new Error("refused");
    }),
  );
  await assert.rejects(addNote(kept!, 3), /a finished command used its transaction/);
  assert.deepEqual(await noteNumbers(db), [1]);
});

test("values that the engine would silently change are refused, and nothing is written", async (t) => {
  const { db } = await openNotes(t);
  const traps: unknown[] = [new Date(0), undefined, true, false, NaN, {}, [], Symbol("x"), () => 1, new Map()];
  for (const trap of traps) {
    await assert.rejects(
      db.write("deployment", (tx) => tx.run("INSERT INTO notes VALUES (1, $1)", trap as string)),
      /a statement takes text, numbers, null and bytes only/,
      String(trap),
    );
    await assert.rejects(db.get("SELECT $1 AS x", trap as string), TypeError);
    await assert.rejects(db.all("SELECT $1 AS x", trap as string), TypeError);
  }
  assert.deepEqual(await noteNumbers(db), []);
  const bytes = Buffer.from("x");
  const kinds = await db.get(
    "SELECT typeof($1) AS a, typeof($2) AS b, typeof($3) AS c, typeof($4) AS d",
    "x",
    1n,
    null,
    bytes,
  );
  assert.deepEqual({ ...(kinds as object) }, { a: "text", b: "integer", c: "null", d: "blob" });
});

test("a stopped store answers what was asked before and refuses what comes after", async (t) => {
  const folder = tempFolder(t);
  const db = openSqlite({ folder, now: () => systemClock.now() });
  await db.write("deployment", (tx) =>
    tx.run("CREATE TABLE notes (no INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT"),
  );
  const before = Array.from({ length: 50 }, (_, i) => db.write("deployment", (tx) => addNote(tx, i)));
  const closing = db.close();
  await assert.rejects(
    db.write("deployment", (tx) => addNote(tx, 99)),
    (error) => error instanceof StairwellError && error.code === "SW_UNAVAILABLE",
  );
  await Promise.all(before);
  await closing;
  const again = openSqlite({ folder, now: () => systemClock.now() });
  t.after(() => again.close());
  assert.equal((await noteNumbers(again)).length, 50);
});
