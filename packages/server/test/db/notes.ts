import type { TestContext } from "node:test";
import type { Db, Tx } from "../../src/db/index.ts";
import { openEngine, type Opened } from "./open-engine.ts";

/** A store with a table of our own, which commands fill. */
export async function openNotes(t: TestContext, options: Parameters<typeof openEngine>[1] = {}): Promise<Opened> {
  const opened = await openEngine(t, options);
  await opened.db.write("deployment", (tx) => tx.run("CREATE TABLE notes (no BIGINT PRIMARY KEY, text TEXT NOT NULL)"));
  return opened;
}

export const addNote = (tx: Tx, no: number, text = `note ${no}`): Promise<number> =>
  tx.run("INSERT INTO notes VALUES ($1, $2)", no, text);

export async function noteNumbers(db: Pick<Db, "all">): Promise<number[]> {
  return (await db.all<{ no: number }>("SELECT no FROM notes ORDER BY no")).map(({ no }) => no);
}
