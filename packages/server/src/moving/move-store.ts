import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { noteRestored } from "../admin/index.ts";
import { blobStoreOf, type S3Options } from "../blobs/index.ts";
import {
  FolderTakenError,
  hasStore,
  lockFolder,
  markMoved,
  type MoveTarget,
  openMoveTarget,
  openSqlite,
  openSqliteReader,
  type ReadStore,
  restoredMarkOf,
  type SecretRow,
  movedText,
  mustNotBeMoved,
  schemaStateOf,
  storeFileOf,
} from "../db/index.ts";
import type { Clock } from "../lib/clock.ts";
import { loadSecret } from "../lib/secret.ts";
import { SECRET_NAME } from "../nodes/index.ts";
import { copyBlobs } from "./copy-blobs.ts";
import { MoveError } from "./move-error.ts";
import type { MoveStep } from "./step.ts";

/** Rows of one transaction: a row may have 64 KiB of text. */
const BATCH = 500;
/** Files that are copied at a time. */
const FILES = 8;
const ONCE_MORE =
  "this store was moved there before, and its folder was taken into use again since, or is a copy: name the database in " +
  "store.url to go on there, or drop it and begin again with an empty one";

export interface MoveOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** The bucket that files go to; where there is none they stay where they are. */
  readonly s3?: S3Options | undefined;
  readonly clock: Pick<Clock, "now">;
  /** Ends it, by the signal's reason; the next call goes on from there. */
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: MoveStep) => void) | undefined;
  /** Rows of one transaction; for tests. */
  readonly batch?: number;
  /** Takes a server that does not write to its disks; for tests. */
  readonly isUnsafe?: boolean;
}

export interface Moved {
  /** Nothing was done: the store had been moved before. */
  readonly already: boolean;
  /** Rows of each table, which are the same in both stores. */
  readonly tables: Readonly<Record<string, number>>;
  /** Files that are in the bucket now; null where they stayed in the folder. */
  readonly files: number | null;
  /** Files on record that were in neither place before. */
  readonly lost: readonly string[];
}

/**
 * Moves an embedded store that nobody serves into an empty database, with its files into a bucket where one is given, and
 * compares both row by row. The store in the folder is left as it is, but marked, so that nobody works on it by mistake.
 * Whatever ends it, the next call goes on where it was, and no server starts on the database before all is there. A repeat
 * after the end changes nothing. `FolderTakenError` while a server runs; `MoveError` where the database holds anything
 * else, or the store changed since the move began; `StoreMovedError` where it was moved to another one.
 */
export async function moveStore(folder: string, options: MoveOptions): Promise<Moved> {
  mustBeNewest(folder);
  await noteWhatWasRestored(folder, options.clock);
  const lock = lockFolder(join(folder, "lock"));
  if (lock === undefined) throw new FolderTakenError(folder);
  let isHeld = true;
  const release = (): void => {
    if (isHeld) lock.release();
    isHeld = false;
  };
  let source: ReadStore | undefined;
  try {
    const secret = { name: SECRET_NAME, bytes: loadSecret(folder) };
    const origin = originOf(folder, secret.bytes);
    source = openSqliteReader(folder);
    const { url, clock, isUnsafe = false } = options;
    const target = await openMoveTarget(url, source, { now: clock.now(), isUnsafe });
    try {
      return await move({ folder, source, target, secret, origin }, options);
    } finally {
      await target.close();
    }
  } finally {
    // The reader takes away the log that it made beside the store, and needs the folder for that.
    release();
    await source?.close();
  }
}

/** A mark beside the store does not go along: what a restore has left there becomes rows, which do. */
async function noteWhatWasRestored(folder: string, clock: MoveOptions["clock"]): Promise<void> {
  if (!existsSync(restoredMarkOf(folder))) return;
  const db = openSqlite({ folder, now: () => clock.now() });
  try {
    await noteRestored(db, folder);
  } finally {
    await db.close();
  }
}

interface Ends {
  readonly folder: string;
  readonly source: ReadStore;
  readonly target: MoveTarget;
  readonly secret: SecretRow;
  readonly origin: string;
}

async function move({ folder, source, target, secret, origin }: Ends, options: MoveOptions): Promise<Moved> {
  const { signal, batch = BATCH, onStep = () => {}, s3 } = options;
  const tables = Object.fromEntries(target.tables.map(({ name, count }) => [name, count]));
  const standing = await target.standing(secret);
  if (standing === "moved") {
    if (movedText(folder) === undefined) throw new MoveError("conflict", ONCE_MORE);
    return { already: true, tables, files: null, lost: [] };
  }
  if (standing === "other") {
    throw new MoveError("conflict", "the database is not empty, and nothing is written over: name an empty one");
  }
  if (standing === "empty") mustNotBeMoved(folder);
  const mark = (await target.mark()) ?? (await target.begin(origin));
  if (mark.origin !== origin) {
    throw new MoveError(
      "conflict",
      "the database has the unfinished move of another store, or this one was used since: drop the database, and begin again with an empty one",
    );
  }
  const total = target.tables.reduce((sum, { count }) => sum + count, 0);
  const rowsOf = (what: MoveStep["what"]) => ({
    signal,
    batch,
    onRows: (done: number) => onStep({ what, done, total }),
  });
  await target.copy(mark, rowsOf("rows"));
  const lost: string[] = [];
  if (s3 !== undefined) {
    const to = blobStoreOf(folder, s3);
    try {
      const found = await copyBlobs({
        store: source,
        from: blobStoreOf(folder),
        to,
        atOnce: Math.min(FILES, batch),
        afterNo: mark.blobNo,
        signal,
        onStep,
        onCopied: (blobNo) => target.markBlob(blobNo),
      });
      lost.push(...found.map(({ tenantNo, blobId }) => `blobs/${tenantNo}/${blobId.slice(-2)}/${blobId}`));
    } finally {
      to.close();
    }
  }
  await target.compare(rowsOf("rows compared"));
  // Before the last step, so that there is no moment in which both stores can be written to.
  await markMoved(folder, options.url, s3 === undefined ? null : s3.bucket, options.clock.now());
  await target.finish(secret);
  return { already: false, tables, files: s3 === undefined ? null : (tables["blobs"] ?? 0) - lost.length, lost };
}

function mustBeNewest(folder: string): void {
  if (!hasStore(folder)) throw new MoveError("failed", `there is no store in ${folder}`);
  const { version, newest, pending } = schemaStateOf(storeFileOf(folder));
  if (version > newest) throw new MoveError("failed", `the store in ${folder} is of a newer program: use that`);
  if (pending.length > 0) {
    throw new MoveError("failed", `the store in ${folder} is of an older program: run 'stairwell migrate' first`);
  }
}

/** Says which store it is, and that nobody wrote to it since: its files are other ones then, or of another time. */
function originOf(folder: string, secret: Uint8Array): string {
  const file = storeFileOf(folder);
  const { size, mtimeMs } = statSync(file);
  const log = existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0;
  return createHash("sha256")
    .update(secret)
    .update(JSON.stringify([size, mtimeMs, log]))
    .digest("hex");
}
