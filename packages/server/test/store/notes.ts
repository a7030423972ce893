import type { TestContext } from "node:test";
import type { Db, Tx } from "../../src/db/index.ts";
import { openStore } from "../support/store.ts";

/** A store with a table of our own, which commands fill. */
export async function openNotes(t: TestContext): Promise<{ db: Db; folder: string }> {
  const { db, folder } = await openStore(t);
  await db.write("deployment", (tx) =>
    tx.run("CREATE TABLE notes (no INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT"),
  );
  return { db, folder };
}

export const addNote = (tx: Tx, no: number, text = `note ${no}`): Promise<number> =>
  tx.run("INSERT INTO notes VALUES ($1, $2)", no, text);

export async function noteNumbers(db: Db): Promise<number[]> {
  return (await db.all<{ no: number }>("SELECT no FROM notes ORDER BY no")).map(({ no }) => no);
}

/** From now on the writer's connection finds the store full. A fault replaces the connection, and with it this bound. */
export async function fillUp(tx: Tx): Promise<void> {
  const { page_count: pages } = (await tx.get<{ page_count: number }>("PRAGMA page_count"))!;
  await tx.get(`PRAGMA max_page_count = ${pages}`);
}

/** More than fits what is left of the pages there are. */
export const LARGE = "x".repeat(1 << 20);
