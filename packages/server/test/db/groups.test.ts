import assert from "node:assert/strict";
import { test } from "node:test";
import { StairwellError } from "@stairwell/protocol";
import { freshSeed, Random, rounds } from "@stairwell/testing";
import { insertPut, type Tx } from "../../src/db/index.ts";
import { addNote, noteNumbers, openNotes } from "./notes.ts";

const TENANT = { tenantNo: 1 };

test("commands of one turn share one group, see what those before them wrote, and one time each", async (t) => {
  const groups: number[] = [];
  const { db } = await openNotes(t, { onGroup: (commands) => groups.push(commands) });
  const seen = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      db.write(TENANT, async (tx) => {
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

test("nobody outside the group sees a row of it before its commit, and everybody does after the answer", async (t) => {
  const { db } = await openNotes(t);
  const during = await db.write(TENANT, async (tx) => {
    await addNote(tx, 1);
    return [(await tx.all("SELECT no FROM notes")).length, (await noteNumbers(db)).length];
  });
  assert.deepEqual(during, [1, 0]);
  assert.deepEqual(await noteNumbers(db), [1]);
});

test("a command that fails after it wrote undoes itself alone, and its neighbours commit", async (t) => {
  const { db } = await openNotes(t);
  await db.write(TENANT, (tx) => addNote(tx, 0));
  const outcomes = await Promise.allSettled([
    db.write(TENANT, (tx) => addNote(tx, 1)),
    db.write(TENANT, async (tx) => {
      await addNote(tx, 2);
      throw new StairwellError("SW_ROOM_FROZEN");
    }),
    db.write(TENANT, async (tx) => {
      await addNote(tx, 3);
      await addNote(tx, 0);
    }),
    db.write(TENANT, (tx) => addNote(tx, 5)),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["fulfilled", "rejected", "rejected", "fulfilled"],
  );
  assert.equal((outcomes[1] as PromiseRejectedResult).reason.code, "SW_ROOM_FROZEN");
  assert.match((outcomes[2] as PromiseRejectedResult).reason.message, /unique constraint/i);
  assert.deepEqual(await noteNumbers(db), [0, 1, 5]);
});

test("what nobody waits for is seen by all that is read later, and its failure is its command's alone, whatever that answered", async (t) => {
  const { db } = await openNotes(t);
  await db.write(TENANT, (tx) => addNote(tx, 0));
  const note = insertPut("INSERT INTO notes", 2);
  const put = (tx: Tx, no: number) => tx.put(note, no, "put");
  const told: number[] = [];
  const outcomes = await Promise.allSettled(
    [1, 0, 2].map((no) =>
      db.write({ tenantNo: 1, room: `room ${no}` }, async (tx) => {
        tx.afterCommit(() => told.push(no));
        put(tx, no);
        return no === 1 ? (await tx.get<{ n: number }>("SELECT no AS n FROM notes WHERE no = $1", no))!.n : no;
      }),
    ),
  );
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === "fulfilled" ? outcome.value : "failed")),
    [1, "failed", 2],
  );
  assert.match((outcomes[1] as PromiseRejectedResult).reason.message, /unique constraint/i);
  assert.deepEqual(told, [1, 2]);
  assert.deepEqual(await noteNumbers(db), [0, 1, 2]);
  // Alone in its group, and the last that is sent before the commit.
  await assert.rejects(
    db.write(TENANT, async (tx) => put(tx, 0)),
    /unique constraint/i,
  );
});

test("a refusal costs its neighbours nothing: none of them runs again", async (t) => {
  const { db } = await openNotes(t);
  let runs = 0;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      db.write(TENANT, async (tx) => {
        runs++;
        await tx.get("SELECT no FROM notes WHERE no = $1", i);
        if (i % 2 === 1) throw new StairwellError("SW_ROOM_FROZEN");
        await addNote(tx, i);
      }),
    ),
  );
  assert.equal(outcomes.filter(({ status }) => status === "rejected").length, 10);
  assert.equal(runs, 20);
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
  await db.write(TENANT, async (tx) => {
    await tx.run("CREATE TABLE totals (n BIGINT NOT NULL)");
    await tx.run("INSERT INTO totals VALUES (0)");
  });
  const seed = freshSeed();
  const random = new Random(seed);
  const expected: number[] = [];
  let no = 0;
  for (let round = 0; round < rounds(300); round++) {
    const ways: Way[] = [
      "writes",
      "writes",
      "refuses first",
      "fails between",
      "breaks a constraint",
      "fails after all",
    ];
    const hooks: number[] = [];
    // Of one room, of several, and of none: who writes alone and who beside others must come to the same.
    const group = Array.from({ length: random.int(1, 20) }, () => ({
      no: no++,
      way: random.pick(ways),
      room: random.pick([undefined, "a", "b", "c"]),
    }));
    const outcomes = await Promise.allSettled(
      group.map((command) =>
        db.write({ tenantNo: 1, room: command.room }, (tx) => {
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
    // The last of each to write sees exactly the neighbours that were kept.
    const counts = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    assert.equal(Math.max(expected.length - written.length, ...counts), expected.length, `seed ${seed}`);
    assert.deepEqual(
      hooks.toSorted((a, b) => a - b),
      written,
      `seed ${seed}`,
    );
  }
  assert.deepEqual(
    await noteNumbers(db),
    expected.flatMap((n) => [2 * n, 2 * n + 1]),
    `seed ${seed}`,
  );
});

test("commands of one room run in their order, and one that names no room runs alone", async (t) => {
  const { db } = await openNotes(t);
  const steps: string[] = [];
  const write = (name: string, room?: string) =>
    db.write({ tenantNo: 1, room }, async (tx) => {
      steps.push(`${name} begins`);
      for (let i = 0; i < 3; i++) await tx.get("SELECT no FROM notes WHERE no = $1", i);
      steps.push(`${name} ends`);
    });
  await Promise.all([
    write("a1", "a"),
    write("b1", "b"),
    write("a2", "a"),
    write("all"),
    write("a3", "a"),
    write("b2", "b"),
  ]);
  const at = (step: string) => steps.indexOf(step);
  assert(at("a1 ends") < at("a2 begins"));
  assert(Math.max(at("a2 ends"), at("b1 ends")) < at("all begins"));
  assert(at("all ends") < Math.min(at("a3 begins"), at("b2 begins")));
  assert.equal(at("all ends"), at("all begins") + 1);
});

test("what is to be done after the commit is done once, before the answer, and never for a failure", async (t) => {
  const { db } = await openNotes(t);
  const told: string[] = [];
  let tries = 0;
  const write = (name: string, fails: boolean): Promise<unknown> =>
    db
      .write(TENANT, async (tx) => {
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
  await db.write(TENANT, async (tx) => {
    kept = tx;
    await addNote(tx, 1);
  });
  for (const use of [() => addNote(kept!, 2), () => kept!.get("SELECT 1"), () => kept!.all("SELECT 1")]) {
    await assert.rejects(use(), /a finished command used its transaction/);
  }
  assert.deepEqual(await noteNumbers(db), [1]);
});

test("a stopped store answers what was asked before and refuses what comes after", async (t) => {
  const { db, again } = await openNotes(t);
  const before = Array.from({ length: 50 }, (_, i) => db.write({ tenantNo: i % 7 }, (tx) => addNote(tx, i)));
  const closing = db.close();
  await assert.rejects(
    db.write(TENANT, (tx) => addNote(tx, 99)),
    (error) => error instanceof StairwellError && error.code === "SW_UNAVAILABLE",
  );
  await Promise.all(before);
  await closing;
  assert.equal((await noteNumbers(await again())).length, 50);
});
