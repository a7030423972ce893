import type { TestContext } from "node:test";
import { emptyDatabase } from "@stairwell/testing";
import { Client } from "pg";
import { type Db, openPostgres } from "../../../src/db/index.ts";
import { systemClock } from "../../../src/lib/clock.ts";

export const TENANT = { tenantNo: 1 };

/** A database of its own with the store's tables, and one of ours in it. Of any engine that is tested, these need PostgreSQL. */
export async function notesDatabase(t: TestContext): Promise<string> {
  const { url, drop } = await emptyDatabase();
  t.after(drop);
  const db = await openOn(t, url);
  await db.write("deployment", async (tx) => {
    await tx.run("CREATE TABLE notes (no BIGINT PRIMARY KEY, text TEXT NOT NULL)");
    await tx.run("CREATE TABLE totals (no BIGINT PRIMARY KEY, n BIGINT NOT NULL)");
    await tx.run("INSERT INTO totals VALUES (1, 0), (2, 0)");
  });
  await db.close();
  return url;
}

/** One node's store. */
export async function openOn(t: TestContext, url: string): Promise<Db> {
  const db = await openPostgres({ url, now: () => systemClock.now(), isUnsafe: true });
  t.after(() => db.close());
  return db;
}

/** Somebody else at the database. */
export async function stranger(t: TestContext, url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: "stranger" });
  client.on("error", () => {});
  await client.connect();
  t.after(() => client.end().catch(() => {}));
  return client;
}

/** Ends the connections that a store has open to a database; answers how many they were. */
export async function cutAll(client: Client): Promise<number> {
  const cut = await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'stairwell'",
  );
  return cut.rowCount ?? 0;
}

export const isUnavailable = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "SW_UNAVAILABLE";
