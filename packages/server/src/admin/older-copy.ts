import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type Db, restoredMarkOf, type Tx } from "../db/index.ts";
import { skipSequences } from "../events/index.ts";
import { markRestored } from "../peers/index.ts";

/**
 * The store is an older copy of itself: those who share rooms are asked for what came after it (FD17), and streams begin
 * anew (ST3). Answers how many rooms are to be asked for.
 */
export async function takeAsOlderCopy(tx: Tx): Promise<number> {
  await skipSequences(tx);
  return markRestored(tx);
}

/** What a backup or a restore of ours has left in the folder becomes rows. */
export async function noteRestored(db: Db, folder: string): Promise<void> {
  const mark = restoredMarkOf(folder);
  if (!existsSync(mark)) return;
  await db.write("deployment", takeAsOlderCopy);
  await rm(mark, { force: true });
}
