import { createHash } from "node:crypto";
import type { Db } from "../../src/db/index.ts";

/** What changes by being asked alone, or by itself: who asked, what others confirm, and when they are asked for names. */
const RESTLESS = new Set(["peers", "peer_nonces", "deliveries", "tokens", "nodes", "leases", "foreign_profiles"]);

/** A line for each table that is not left out, with a digest of its rows, that says what people and rooms are; equal where nothing was changed. */
export async function rowsOf(db: Db, isLeftOut: (table: string) => boolean = () => false): Promise<string> {
  const digests: string[] = [];
  for (const table of await tablesOf(db)) {
    if (RESTLESS.has(table) || isLeftOut(table)) continue;
    const rows = (await db.all<object>(`SELECT * FROM ${table}`)).map(textOf).sort();
    if (rows.length === 0) continue;
    const digest = createHash("sha256").update(rows.join("\n")).digest("hex").slice(0, 16);
    digests.push(`${table} ${rows.length} ${digest}`);
  }
  return digests.join("\n");
}

async function tablesOf(db: Db): Promise<string[]> {
  const names =
    process.env["STAIRWELL_TEST_ENGINE"] === "postgres"
      ? "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()"
      : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  return (await db.all<{ name: string }>(names)).map(({ name }) => name).sort();
}

function textOf(row: object): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
}
