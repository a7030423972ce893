import { statSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import type { BlobName } from "../blobs/index.ts";
import {
  copyStore,
  mustNotBeMoved,
  openSqliteReader,
  type ReadStore,
  restoredMarkOf,
  schemaStateOf,
  storeFileOf,
} from "../db/index.ts";
import type { Clock } from "../lib/clock.ts";
import { makeFolder } from "../lib/data-folder.ts";
import { sync } from "../lib/durable.ts";
import { loadSecret } from "../lib/secret.ts";
import { countBlobs, hasBlob } from "../media/index.ts";
import { BackupError } from "./backup-error.ts";
import { mediaIn, MediaCopy } from "./copy-media.ts";
import { copySecret } from "./copy-secret.ts";
import { emptyAgain, mustBeEmpty } from "./empty-folder.ts";
import { type BackupNote, writeNote } from "./note.ts";
import type { StepOptions } from "./step.ts";

/** Stands in the folder until the backup is whole. */
const PART = "backup.part";
/** Copies of the store that are begun because media were deleted while the one before was made. */
const MOST_ATTEMPTS = 10;

export interface BackupOptions extends StepOptions {
  readonly clock: Pick<Clock, "now">;
  /** The bucket that has the media: they are not copied. */
  readonly bucket?: string | undefined;
}

export interface BackupMade extends BackupNote {
  /** Media on record whose file the data folder itself has lost. */
  readonly lost: readonly string[];
}

/**
 * Copies a data folder into an empty one, beside a server that may be running on it: a store as it was at one moment,
 * every file that it names and none that it does not, where they are not in a bucket, and the secret. `BackupError` where
 * the folder is not empty or lies in the other one, `StoreMovedError` where the store was moved away. When it fails or is
 * stopped, the folder is as it was.
 */
export async function backup(folder: string, into: string, options: BackupOptions): Promise<BackupMade> {
  mustNotBeMoved(folder);
  mustBeEmpty(into);
  mustBeApart(into, folder);
  makeFolder(resolve(into));
  // Whoever makes another backup here at this moment fails now, and takes nothing away.
  await writeFile(join(into, PART), "", { mode: 0o600, flag: "wx" });
  let live: ReadStore | undefined;
  try {
    live = openSqliteReader(folder);
    const made = await makeCopy(live, folder, into, options);
    const { lost: _, ...note } = made;
    // Whoever puts it back by other means than ours, or starts a server on it as it is, has an older copy too.
    await writeFile(restoredMarkOf(into), "", { mode: 0o600 });
    await rm(join(into, PART));
    await sync(into);
    await writeNote(into, note);
    await sync(into);
    return made;
  } catch (error) {
    await emptyAgain(into, PART);
    throw error;
  } finally {
    await live?.close();
  }
}

/** A data folder is emptied and swept in parts, and lost as a whole. */
function mustBeApart(into: string, folder: string): void {
  const path = relative(resolve(folder), resolve(into));
  if (path !== "" && (path === ".." || path.startsWith(`..${sep}`))) return;
  throw new BackupError(
    "conflict",
    `${into} lies in the data folder ${folder}: name a folder elsewhere, best on another disk.`,
  );
}

async function makeCopy(live: ReadStore, folder: string, into: string, options: BackupOptions): Promise<BackupMade> {
  loadSecret(folder);
  await copySecret(folder, into);
  if (options.bucket !== undefined) {
    const made_at = new Date(options.clock.now()).toISOString();
    await copyStoreFile(folder, into, options);
    const store = openSqliteReader(into);
    try {
      return { ...(await noteOf(store, into, made_at)), bucket: options.bucket, lost: [] };
    } finally {
      await store.close();
    }
  }
  const media = new MediaCopy(mediaIn(folder), mediaIn(into), options);
  // Most of the files, so that little is left to do between a copy of the store and the last file that it names.
  await media.copyAllOf(live);
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const made_at = new Date(options.clock.now()).toISOString();
    await copyStoreFile(folder, into, options);
    const store = openSqliteReader(into);
    try {
      const missing = await media.copyAllOf(store);
      const lost = await stillOnRecord(live, missing);
      // Deleted since, with its file: the copy would speak of what is gone.
      if (lost.length < missing.length) continue;
      await media.keepOnly((name) => hasBlob(store, name));
      return {
        ...(await noteOf(store, into, made_at)),
        lost: lost.map(({ tenantNo, blobId }) => `blobs/${tenantNo}/${blobId.slice(-2)}/${blobId}`),
      };
    } finally {
      await store.close();
    }
  }
  throw new BackupError("failed", "Files were deleted all the while; try again when less is deleted.");
}

async function noteOf(store: ReadStore, into: string, made_at: string): Promise<BackupNote> {
  const { count, bytes } = await countBlobs(store);
  return {
    made_at,
    schema_version: schemaStateOf(storeFileOf(into)).version,
    store_bytes: statSync(storeFileOf(into)).size,
    media: count,
    media_bytes: bytes,
  };
}

async function copyStoreFile(folder: string, into: string, { signal, onProgress }: BackupOptions): Promise<void> {
  await rm(storeFileOf(into), { force: true });
  await copyStore(storeFileOf(folder), storeFileOf(into), {
    signal,
    onProgress: (done, total) => onProgress?.({ what: "store", done, total }),
  });
}

async function stillOnRecord(live: ReadStore, names: readonly BlobName[]): Promise<BlobName[]> {
  const found: BlobName[] = [];
  for (const name of names) if (await hasBlob(live, name)) found.push(name);
  return found;
}
