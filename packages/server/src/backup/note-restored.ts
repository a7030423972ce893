import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type Db, restoredMarkOf } from "../db/index.ts";
import { skipSequences } from "../events/index.ts";
import { markRestored } from "../peers/index.ts";

/**
 * What a restore has left in the folder becomes rows: who is to be asked for what came after the backup (FD17), and from
 * where on streams go on (ST3).
 */
export async function noteRestored(db: Db, folder: string): Promise<void> {
  const mark = restoredMarkOf(folder);
  if (!existsSync(mark)) return;
  await db.write("deployment", async (tx) => {
    await skipSequences(tx);
    await markRestored(tx);
  });
  await rm(mark, { force: true });
}
