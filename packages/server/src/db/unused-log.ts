import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { lockFolder } from "./lock.ts";

/**
 * Removes the empty log that a reader makes beside a store which nobody serves, so that a copy stays as it was. Where
 * somebody holds the folder, or this user may not write there, nothing is changed.
 */
export function removeUnusedLog(folder: string, store: string): void {
  const [log, index] = [`${store}-wal`, `${store}-shm`];
  if (!existsSync(log)) return;
  let lock: ReturnType<typeof lockFolder>;
  try {
    lock = lockFolder(join(folder, "lock"));
  } catch {
    return;
  }
  try {
    if (lock === undefined || statSync(log).size > 0) return;
    rmSync(log);
    rmSync(index, { force: true });
  } finally {
    lock?.release();
  }
}
