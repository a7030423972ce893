import { rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  copyStore,
  type FolderLock,
  hasStore,
  lockFolder,
  openSqliteReader,
  restoredMarkOf,
  restoringMarkOf,
  schemaStateOf,
  storeFileOf,
} from "../db/index.ts";
import { makeDataFolder } from "../lib/data-folder.ts";
import { sync } from "../lib/durable.ts";
import { BackupError } from "./backup-error.ts";
import { mediaIn, MediaCopy } from "./copy-media.ts";
import { copySecret } from "./copy-secret.ts";
import { emptyAgain, mustBeEmpty } from "./empty-folder.ts";
import { type BackupNote, readNote } from "./note.ts";
import type { StepOptions } from "./step.ts";

export type Restored = BackupNote;

export interface RestoreOptions extends StepOptions {
  /** The bucket that the server keeps its media in. */
  readonly bucket?: string | undefined;
}

/**
 * Makes a data folder of a backup. `BackupError` where there is no whole backup, it is of a newer program, its media are
 * not where the server has them, or the folder is not empty. No server starts on the folder before it is whole. When it
 * fails or is stopped, the folder is empty as it was.
 */
export async function restore(from: string, folder: string, options: RestoreOptions = {}): Promise<Restored> {
  const note = readNote(from);
  mustBeRestorable(from, note);
  mustBeInOnePlace(from, note, options.bucket);
  mustBeEmpty(folder);
  makeDataFolder(folder);
  await writeFile(restoringMarkOf(folder), "", { mode: 0o600, flag: "wx" });
  let lock: FolderLock | undefined;
  try {
    lock = lockFolder(join(folder, "lock"));
    if (lock === undefined) throw new BackupError("conflict", `another stairwell process is using ${folder}`);
    await copyAll(from, folder, note, options);
    await writeFile(restoredMarkOf(folder), "", { mode: 0o600 });
    await sync(folder);
    await rm(restoringMarkOf(folder));
    await sync(folder);
  } catch (error) {
    lock?.release();
    await emptyAgain(folder, basename(restoringMarkOf(folder)));
    throw error;
  }
  lock.release();
  return note;
}

function mustBeRestorable(from: string, { schema_version }: BackupNote): void {
  if (!hasStore(from)) throw new BackupError("not_found", `The backup in ${from} has lost its store.`);
  const { newest } = schemaStateOf(storeFileOf(from));
  if (schema_version > newest) {
    throw new BackupError(
      "failed",
      `The backup in ${from} has schema version ${schema_version}, this program knows ${newest}: restore it with the newer program.`,
    );
  }
}

/** Where the server looks for its media they must be, and a restore moves none between a folder and a bucket. */
function mustBeInOnePlace(from: string, note: BackupNote, bucket: string | undefined): void {
  if (note.bucket !== undefined && bucket === undefined) {
    throw new BackupError(
      "conflict",
      `The files of the backup in ${from} are in the bucket ${note.bucket}, or a copy of it: configure media.s3, and restore again.`,
    );
  }
  if (note.bucket === undefined && bucket !== undefined && note.media > 0) {
    throw new BackupError(
      "conflict",
      `The backup in ${from} has its files with it: restore it without media.s3, and move them to the bucket as ` +
        "docs/operating/media-on-s3.md says.",
    );
  }
}

async function copyAll(from: string, folder: string, note: BackupNote, options: StepOptions): Promise<void> {
  await copySecret(from, folder);
  await copyStore(storeFileOf(from), storeFileOf(folder), {
    signal: options.signal,
    onProgress: (done, total) => options.onProgress?.({ what: "store", done, total }),
  });
  if (note.bucket !== undefined) return;
  const store = openSqliteReader(folder);
  try {
    // What is missing is found by whoever verifies the result.
    await new MediaCopy(mediaIn(from), mediaIn(folder), options).copyAllOf(store);
  } finally {
    await store.close();
  }
}
