import { DatabaseSync } from "node:sqlite";

/** A held data folder; `release` lets the next process in. The system releases it too when the process dies. */
export interface FolderLock {
  release(): void;
}

/** SQLite's result code for a file that another process holds. */
const BUSY = 5;

/**
 * Takes a data folder for this process alone. A second server on the same folder would order rooms twice.
 * The lock is an open exclusive transaction of a tiny database, since Node has no file locks of its own.
 * Answers undefined when another process holds it.
 */
export function lockFolder(path: string): FolderLock | undefined {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
  } catch (error) {
    db.close();
    if ((error as { errcode?: number }).errcode !== BUSY) throw error;
    return undefined;
  }
  return { release: () => db.close() };
}

/** The data folder is held by another process. */
export class FolderTakenError extends Error {
  override readonly name = "FolderTakenError";

  constructor(folder: string) {
    super(
      `another stairwell process is using the data folder ${folder}: stop it, or name another folder with --data DIR`,
    );
  }
}
