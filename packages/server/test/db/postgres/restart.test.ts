import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { attachStrace, injecting, NO_STRACE, PostgresCluster, rounds } from "@stairwell/testing";
import type { Db } from "../../../src/db/index.ts";
import { addNote, noteNumbers } from "../notes.ts";
import { isUnavailable, openOn, stranger, TENANT } from "./stores.ts";

const WRITERS = 32;
const NOTES = "CREATE TABLE notes (no BIGINT PRIMARY KEY, text TEXT NOT NULL UNIQUE)";

/** A server of its own, so that it can be stopped. */
async function startCluster(t: TestContext): Promise<PostgresCluster> {
  const cluster = await PostgresCluster.start({ isDurable: true });
  t.after(() => cluster.remove());
  return cluster;
}

/** Adds a note at the next position, unless it is there already; answers its position. */
function addNext(db: Db, text: string): Promise<number> {
  return db.write(TENANT, async (tx) => {
    const known = await tx.get<{ no: number }>("SELECT no FROM notes WHERE text = $1", text);
    if (known !== undefined) return known.no;
    const { no } = (await tx.get<{ no: number }>("SELECT coalesce(max(no), 0) + 1 AS no FROM notes"))!;
    await addNote(tx, no, text);
    return no;
  });
}

for (const { way, signal } of [
  { way: "at once, as an operator does", signal: "INT" },
  { way: "as by a power cut", signal: "QUIT" },
] as const) {
  test(`a server that is stopped ${way} under 32 writers loses nothing that was answered, and writes resume by themselves`, async (t) => {
    const cluster = await startCluster(t);
    const url = cluster.url("postgres");
    const db = await openOn(t, url);
    await db.write("deployment", (tx) => tx.run(NOTES));
    const acknowledged = new Map<string, number>();
    let refused = 0;
    let isOver = false;
    const write = async (writer: number): Promise<void> => {
      for (let i = 0; !isOver; i++) {
        const text = `${writer}: ${i}`;
        // What is refused is said again until it is taken, as clients do.
        while (!acknowledged.has(text)) {
          try {
            acknowledged.set(text, await addNext(db, text));
          } catch (error) {
            assert(isUnavailable(error), String(error));
            refused++;
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        }
      }
    };
    const writers = Array.from({ length: WRITERS }, (_, i) => write(i));
    const grown = async (by: number): Promise<void> => {
      for (const goal = acknowledged.size + by; acknowledged.size < goal;) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    for (let round = 0; round < rounds(20); round++) {
      await grown(200);
      await cluster.stop(signal);
      const before = refused;
      while (refused === before) await new Promise((resolve) => setTimeout(resolve, 5));
      await assert.rejects(db.get("SELECT 1 AS one"), isUnavailable);
      await assert.rejects(db.snapshot(noteNumbers), isUnavailable);
      await cluster.startAgain();
    }
    await grown(200);
    isOver = true;
    await Promise.all(writers);
    const rows = await db.all<{ no: number; text: string }>("SELECT no, text FROM notes ORDER BY no");
    assert.deepEqual(
      rows.map(({ no }) => no),
      rows.map((_, i) => i + 1),
    );
    assert.deepEqual(
      new Map(rows.map(({ no, text }) => [text, no])),
      new Map([...acknowledged].toSorted(([, a], [, b]) => a - b)),
    );
    assert.deepEqual(await db.snapshot(noteNumbers), await noteNumbers(db));
  });
}

test("a database that takes no writes is 503 while reads go on, and writes resume when it takes them again", async (t) => {
  const cluster = await startCluster(t);
  const url = cluster.url("postgres");
  const other = await stranger(t, url);
  const db = await openOn(t, url);
  await db.write("deployment", (tx) => tx.run(NOTES));
  await addNext(db, "before");
  const setReadOnly = async (value: string): Promise<void> => {
    await other.query(`ALTER DATABASE postgres SET default_transaction_read_only = ${value}`);
    // A setting of the database is that of new connections.
    await other.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'stairwell' AND backend_type = 'client backend'",
    );
  };
  await setReadOnly("on");
  for (let i = 0; i < 3; i++) await assert.rejects(addNext(db, `during ${i}`), isUnavailable);
  assert.deepEqual(await noteNumbers(db), [1]);
  await other.query("SET default_transaction_read_only = off");
  await setReadOnly("off");
  assert.equal(await addNext(db, "after"), 2);
});

test(
  "a server whose disk is full is SW_STORE_FULL while reads go on, and writes resume when there is room",
  { skip: NO_STRACE },
  async (t) => {
    const cluster = await startCluster(t);
    const db = await openOn(t, cluster.url("postgres"));
    await db.write("deployment", (tx) => tx.run(NOTES));
    await db.write(TENANT, (tx) => addNote(tx, 1));
    const isFull = (error: unknown): boolean =>
      error instanceof Error && "code" in error && error.code === "SW_STORE_FULL";
    for (let round = 0; round < 3; round++) {
      // Whoever writes next writes over this connection again.
      const { pid } = (await db.write(TENANT, (tx) => tx.get<{ pid: number }>("SELECT pg_backend_pid() AS pid")))!;
      const row = await db.get<{ path: string }>("SELECT pg_relation_filepath('notes') AS path");
      const file = `/proc/${pid}/cwd/${row!.path}`;
      const disk = await attachStrace(pid, [
        "-o",
        "/dev/null",
        ...injecting("pwrite64,pwritev,pwritev2,fallocate:error=ENOSPC", [file]),
      ]);
      const many = db.write(TENANT, async (tx) => {
        await tx.run("INSERT INTO notes SELECT n, repeat('x', 500) || n FROM generate_series(1000, 2000) n");
      });
      await assert.rejects(many, isFull);
      assert.equal((await noteNumbers(db)).length, 1 + round);
      await disk.detach();
      await db.write(TENANT, (tx) => addNote(tx, 2 + round));
    }
  },
);
