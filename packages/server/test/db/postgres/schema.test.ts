import assert from "node:assert/strict";
import { test } from "node:test";
import { openSqlite } from "../../../src/db/index.ts";
import { tempFolder } from "../../support/store.ts";
import { emptyDatabase } from "@stairwell/testing";
import { openOn } from "./stores.ts";

/** Of several nodes alone: the embedded store has one. */
const OF_NODES = ["changes", "leases", "nodes", "places", "secrets", "spent_tickets"];

/**
 * Keys that the embedded store alone has. It is one file: it numbers rows that are never moved over all tenants, and
 * looks a hash up over all of them. On PostgreSQL each key is led by its tenant.
 */
const OTHERWISE: Readonly<Record<string, { embedded: string; shared?: string }>> = {
  admin_links: { embedded: "code_hash" },
  blobs: { embedded: "blob_no", shared: "tenant_no, blob_no" },
  media: { embedded: "media_no", shared: "tenant_no, media_no" },
  proposals: { embedded: "number", shared: "tenant_no, number" },
  room_keys: { embedded: "key_no" },
  tokens: { embedded: "token_hash" },
};

interface Table {
  /** `name kind`, with `null` where it may be; in order of names. */
  columns: string[];
  /** Columns of each unique key, the primary one too, in order. */
  keys: string[];
}

test("both engines have the same tables with the same columns and keys", async (t) => {
  const folder = tempFolder(t);
  const sqlite = openSqlite({ folder, now: () => 0 });
  t.after(() => sqlite.close());
  const { url, drop } = await emptyDatabase();
  t.after(drop);
  const postgres = await openOn(t, url);
  const [embedded, shared] = [await tablesOfSqlite(sqlite), await tablesOfPostgres(postgres)];
  for (const name of OF_NODES) assert(shared.delete(name), name);
  assert.deepEqual([...shared.keys()], [...embedded.keys()]);
  assert(embedded.size > 20);
  for (const [name, { columns, keys }] of embedded) {
    const otherwise = OTHERWISE[name];
    const wanted = keys.filter((key) => key !== otherwise?.embedded);
    if (otherwise?.shared !== undefined) wanted.push(otherwise.shared);
    assert.deepEqual({ name, ...shared.get(name) }, { name, columns, keys: wanted.sort() });
  }
});

type Rows = { all<Row>(sql: string, ...values: string[]): Promise<Row[]> };

async function tablesOfSqlite(db: Rows): Promise<Map<string, Table>> {
  const names = await db.all<{ name: string }>(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
  );
  const tables = new Map<string, Table>();
  for (const { name } of names) {
    const columns = await db.all<{ name: string; type: string; notnull: number; pk: number }>(
      `SELECT name, type, "notnull", pk FROM pragma_table_info('${name}')`,
    );
    const indexes = await db.all<{ name: string }>(
      `SELECT name FROM pragma_index_list('${name}') WHERE "unique" = 1 AND partial = 0 AND origin <> 'pk'`,
    );
    const keys: string[] = [];
    for (const { name: index } of indexes) {
      const parts = await db.all<{ name: string | null }>(
        `SELECT name FROM pragma_index_info('${index}') ORDER BY seqno`,
      );
      keys.push(parts.map((part) => part.name ?? "?").join(", "));
    }
    const primary = columns.filter(({ pk }) => pk > 0).sort((x, y) => x.pk - y.pk);
    if (primary.length > 0) keys.push(primary.map((column) => column.name).join(", "));
    tables.set(name, {
      columns: columns
        .map((column) => `${column.name} ${column.type.toLowerCase()}${column.notnull + column.pk > 0 ? "" : " null"}`)
        .sort(),
      keys,
    });
  }
  return tables;
}

const KINDS: Readonly<Record<string, string>> = { bigint: "integer", text: "text", bytea: "blob" };

async function tablesOfPostgres(db: Rows): Promise<Map<string, Table>> {
  const columns = await db.all<{
    name: string;
    column_name: string;
    kind: string;
    may: string;
    collation: string | null;
  }>(
    `SELECT table_name::text AS name, column_name::text, data_type::text AS kind, is_nullable::text AS may, collation_name::text AS collation
     FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name COLLATE "C", column_name COLLATE "C"`,
  );
  const keys = await db.all<{ name: string; columns: string }>(
    `SELECT c.relname::text AS name,
       (SELECT string_agg(coalesce(a.attname, '?'), ', ' ORDER BY k.n)
          FROM unnest(i.indkey) WITH ORDINALITY AS k (no, n)
          LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.no AND k.no > 0) AS columns
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique AND i.indpred IS NULL`,
  );
  const tables = new Map<string, Table>();
  for (const column of columns) {
    let table = tables.get(column.name);
    if (table === undefined) tables.set(column.name, (table = { columns: [], keys: [] }));
    const kind = KINDS[column.kind] ?? column.kind;
    table.columns.push(`${column.column_name} ${kind}${column.may === "YES" ? " null" : ""}`);
    // Both order text by its bytes.
    if (kind === "text") assert.equal(column.collation, "C", `${column.name}.${column.column_name}`);
  }
  for (const { name, columns: key } of keys) tables.get(name)!.keys.push(key);
  for (const table of tables.values()) {
    table.columns.sort();
    table.keys.sort();
  }
  return tables;
}
