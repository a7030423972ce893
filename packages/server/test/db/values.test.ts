import assert from "node:assert/strict";
import { test } from "node:test";
import { addNote, noteNumbers, openNotes } from "./notes.ts";
import { openEngine } from "./open-engine.ts";

const TENANT = { tenantNo: 1 };

test("values that an engine would silently change are refused, and nothing is written", async (t) => {
  const { db } = await openNotes(t);
  const traps: unknown[] = [new Date(0), undefined, true, false, NaN, {}, [], Symbol("x"), () => 1, new Map()];
  for (const trap of traps) {
    await assert.rejects(
      db.write(TENANT, (tx) => tx.run("INSERT INTO notes VALUES (1, $1)", trap as string)),
      /a statement takes text, numbers, null and bytes only/,
      String(trap),
    );
    await assert.rejects(db.get("SELECT $1 AS x", trap as string), TypeError);
    await assert.rejects(db.all("SELECT $1 AS x", trap as string), TypeError);
  }
  assert.deepEqual(await noteNumbers(db), []);
});

test("what is written is read back as it was, whatever its type", async (t) => {
  const { db } = await openEngine(t);
  const bytes = (column: string) => `CREATE TABLE kept (no BIGINT PRIMARY KEY, n BIGINT, s TEXT, b ${column})`;
  await db.write("deployment", (tx) =>
    tx.run(bytes(process.env["STAIRWELL_TEST_ENGINE"] === "postgres" ? "BYTEA" : "BLOB")),
  );
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const texts = [
    "",
    "a",
    "ä€𝄞",
    "'\"\\",
    "line\nline",
    "\u0001\u007f",
    "\0",
    "a\0b\uFFFF0\uFFFF\0",
    "%_",
    "x".repeat(100_000),
  ];
  const numbers = [0, -1, 1, 2 ** 31, -(2 ** 53) + 1, 2 ** 53 - 1];
  await db.write(TENANT, async (tx) => {
    for (const [no, s] of texts.entries()) {
      await tx.run("INSERT INTO kept VALUES ($1, $2, $3, $4)", no, numbers[no] ?? null, s, no === 0 ? null : all);
    }
  });
  const rows = await db.all<{ no: number; n: number | null; s: string; b: Uint8Array | null }>(
    "SELECT no, n, s, b FROM kept ORDER BY no",
  );
  assert.deepEqual(
    rows.map(({ s }) => s),
    texts,
  );
  assert.deepEqual(
    rows.map(({ n }) => n),
    texts.map((_, no) => numbers[no] ?? null),
  );
  for (const { no, b } of rows) assert.deepEqual(b === null ? null : new Uint8Array(b), no === 0 ? null : all);
  const counted = await db.get("SELECT count(*) AS n, sum(no) AS total, max(n) > 5 AS large FROM kept");
  assert.deepEqual({ ...(counted as object) }, { n: 10, total: 45, large: 1 });
});

test("a writing statement answers how many rows it changed, and a missing row is undefined", async (t) => {
  const { db } = await openNotes(t);
  const changed = await db.write(TENANT, async (tx) => {
    for (const no of [1, 2, 3]) await addNote(tx, no);
    return [
      await tx.run("UPDATE notes SET text = $1 WHERE no > $2", "new", 1),
      await tx.run("DELETE FROM notes WHERE no = $1", 9),
      await tx.run("INSERT INTO notes VALUES ($1, $2) ON CONFLICT (no) DO NOTHING", 3, "again"),
    ];
  });
  assert.deepEqual(changed, [2, 0, 0]);
  assert.equal(await db.get("SELECT text FROM notes WHERE no = $1", 9), undefined);
  assert.deepEqual(await db.all("SELECT text FROM notes WHERE no = $1", 9), []);
});

test("texts of the schema are ordered and compared by their bytes", async (t) => {
  const { db } = await openEngine(t);
  const slugs = ["b", "a-c", "ab", "a", "ä", "B", "_"];
  await db.write("deployment", async (tx) => {
    for (const [i, slug] of slugs.entries()) {
      await tx.run(
        "INSERT INTO tenants (tenant_no, tenant_id, slug, name, server_name, limits, created_at) VALUES ($1, $2, $3, $3, $4, '{}', 0)",
        i + 1,
        `id-${i}`,
        slug,
        `${i}.example`,
      );
    }
  });
  const rows = await db.all<{ slug: string }>("SELECT slug FROM tenants ORDER BY slug");
  assert.deepEqual(
    rows.map(({ slug }) => slug),
    slugs.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
  const after = await db.all("SELECT slug FROM tenants WHERE slug > $1", "a");
  assert.equal(after.length, 4);
});
