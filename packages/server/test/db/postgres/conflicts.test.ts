import assert from "node:assert/strict";
import { test } from "node:test";
import { addNote, noteNumbers } from "../notes.ts";
import { isUnavailable, notesDatabase, openOn, stranger, TENANT } from "./stores.ts";

/** Makes the server refuse the first `times` rows with a code of its own. */
const refusing = (times: number, code: string): string => `
  CREATE SEQUENCE tries;
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF nextval('tries') <= ${times} THEN RAISE EXCEPTION 'not now' USING ERRCODE = '${code}'; END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER refuse BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION refuse()`;

for (const code of ["40001", "40P01"]) {
  test(`a group that the server refuses with ${code} is run again, once for each refusal, and is there once`, async (t) => {
    const url = await notesDatabase(t);
    await (await stranger(t, url)).query(refusing(3, code));
    const db = await openOn(t, url);
    let runs = 0;
    let told = 0;
    await db.write(TENANT, async (tx) => {
      runs++;
      tx.afterCommit(() => told++);
      await tx.run("UPDATE totals SET n = n + 1 WHERE no = 1");
      await addNote(tx, 1);
    });
    assert.deepEqual([runs, told], [4, 1]);
    assert.deepEqual(await noteNumbers(db), [1]);
    assert.deepEqual(await db.all("SELECT n FROM totals WHERE no = 1"), [{ n: 1 }]);
  });

  test(`a server that goes on refusing with ${code} is asked five times, then everybody hears 503, and writes resume`, async (t) => {
    const url = await notesDatabase(t);
    const other = await stranger(t, url);
    await other.query(refusing(1_000_000, code));
    const db = await openOn(t, url);
    let runs = 0;
    const outcomes = await Promise.allSettled([
      db.write(TENANT, async (tx) => {
        runs++;
        await addNote(tx, 1);
      }),
      db.write(TENANT, (tx) => tx.run("UPDATE totals SET n = n + 1 WHERE no = 1")),
    ]);
    for (const outcome of outcomes) assert(outcome.status === "rejected" && isUnavailable(outcome.reason));
    assert.equal(runs, 5);
    assert.deepEqual(await db.all("SELECT n FROM totals WHERE no = 1"), [{ n: 0 }]);
    await other.query("DROP TRIGGER refuse ON notes");
    await db.write(TENANT, (tx) => addNote(tx, 2));
    assert.deepEqual(await noteNumbers(db), [2]);
  });
}

test("a true deadlock with somebody else's transaction is broken, and the group is run again", async (t) => {
  const url = await notesDatabase(t);
  const other = await stranger(t, url);
  // The stranger never looks for a deadlock, so it is the store's connection that is chosen.
  await other.query("ALTER DATABASE " + new URL(url).pathname.slice(1) + " SET deadlock_timeout = '30ms'");
  await other.query("SET deadlock_timeout = '10min'");
  const db = await openOn(t, url);
  const lock = (no: number): string => `UPDATE totals SET n = n + 1 WHERE no = ${no}`;
  await other.query(`BEGIN; ${lock(2)}`);
  let runs = 0;
  let theirs: Promise<unknown> | undefined;
  await db.write(TENANT, async (tx) => {
    runs++;
    await tx.run(lock(1));
    // Whoever waits for row 1 now goes on as soon as this transaction is undone.
    theirs ??= other.query(`${lock(1)}; COMMIT`);
    await tx.run(lock(2));
  });
  await theirs;
  assert.equal(runs, 2);
  assert.deepEqual(await db.all("SELECT no, n FROM totals ORDER BY no"), [
    { no: 1, n: 2 },
    { no: 2, n: 2 },
  ]);
});

test("a lock that is not had in time is 503, nothing of the group is kept, and writes resume", async (t) => {
  const url = await notesDatabase(t);
  const other = await stranger(t, url);
  const db = await openOn(t, url);
  await other.query("BEGIN; LOCK TABLE notes");
  const waiting = db.write(TENANT, async (tx) => {
    await tx.run("UPDATE totals SET n = n + 1 WHERE no = 1");
    await tx.run("SET LOCAL lock_timeout = 50");
    await addNote(tx, 1);
  });
  await assert.rejects(waiting, isUnavailable);
  await other.query("COMMIT");
  await db.write(TENANT, (tx) => addNote(tx, 2));
  assert.deepEqual(await noteNumbers(db), [2]);
  assert.deepEqual(await db.all("SELECT n FROM totals WHERE no = 1"), [{ n: 0 }]);
});

test("a statement that was never prepared may follow one that failed: neighbours commit all the same", async (t) => {
  const url = await notesDatabase(t);
  const db = await openOn(t, url);
  const room = (name: string) => ({ tenantNo: 1, room: name });
  const outcomes = await Promise.allSettled([
    db.write(room("a"), (tx) => tx.run("INSERT INTO notes VALUES (1, NULL)")),
    ...Array.from({ length: 5 }, (_, i) => db.write(room(`b${i}`), (tx) => addNote(tx, i))),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", ...Array.from({ length: 5 }, () => "fulfilled")],
  );
  assert.deepEqual(await noteNumbers(db), [0, 1, 2, 3, 4]);
});

for (const level of ["repeatable read", "serializable"]) {
  test(`a database whose transactions are ${level} unless they say so is read at its newest all the same`, async (t) => {
    const url = await notesDatabase(t);
    await (
      await stranger(t, url)
    ).query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_isolation = '${level}'`);
    const [one, two] = [await openOn(t, url), await openOn(t, url)];
    let runs = 0;
    const count = (db: typeof one) =>
      db.write(TENANT, async (tx) => {
        runs++;
        const { n } = (await tx.get<{ n: number }>("SELECT n FROM totals WHERE no = 1"))!;
        await tx.run("UPDATE totals SET n = $1 WHERE no = 1", n + 1);
      });
    for (let i = 0; i < 20; i++) await Promise.all([count(one), count(two)]);
    // Whoever saw an old moment is refused by the server, and would be run again.
    assert.equal(runs, 40);
    assert.deepEqual(await one.all("SELECT n FROM totals WHERE no = 1"), [{ n: 40 }]);
  });
}
