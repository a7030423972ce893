import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { makeDataFolder } from "../lib/data-folder.ts";
import { Checkpoints } from "./checkpoints.ts";
import { BUSY_TIMEOUT_MS, Connection } from "./connection.ts";
import { Erasure, type ErasurePace } from "./erasure.ts";
import { GroupCommit } from "./group-commit.ts";
import { type FolderLock, FolderTakenError, lockFolder } from "./lock.ts";
import { migrate } from "./migrate.ts";
import { migrationsIn } from "./migration-files.ts";
import { mustNotBeMoved } from "./moved-mark.ts";
import { openFault } from "./open-fault.ts";
import type { Db, Reader, ReadStore, Tx, Value, WriteScope } from "./port.ts";
import { Snapshots } from "./snapshots.ts";
import { removeUnusedLog } from "./unused-log.ts";

/** 3.7.0 to 3.51.2 can corrupt a WAL when one connection commits while another resets it. */
export const OLDEST_SQLITE = [3, 51, 3] as const;
const STORE_FILE = "stairwell.db";
/** Stands in a folder for as long as a store is being restored into it. */
const RESTORING = "restoring";
const MIGRATIONS = join(import.meta.dirname, "migrations", "sqlite");

export interface SqliteOptions {
  /** Folder of the store; made when missing. */
  folder: string;
  now: () => number;
  /** Told of each committed group: commands in it, and milliseconds it took. */
  onGroup?: ((commands: number, milliseconds: number) => void) | undefined;
  /** Told when deleted bytes cannot leave the files in time (DEL3), with what stands in the way. */
  onOverdue?: ((cause: unknown) => void) | undefined;
  /** How soon deleted bytes leave the files; for tests. */
  erasurePace?: Partial<ErasurePace> | undefined;
}

/** Whether there is an embedded store in a folder. Throws what the system says where this user may not look. */
export function hasStore(folder: string): boolean {
  try {
    statSync(storeFileOf(folder));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}

/** The file of the embedded store of a folder. */
export function storeFileOf(folder: string): string {
  return join(folder, STORE_FILE);
}

/** The file that marks a folder into which a store is being restored: no server starts there. */
export function restoringMarkOf(folder: string): string {
  return join(folder, RESTORING);
}

/** The file that marks a folder whose store is an older copy of itself, which no server has worked on yet (FD17). */
export function restoredMarkOf(folder: string): string {
  return join(folder, "restored");
}

/**
 * Opens the embedded store: takes the folder, checks the engine, migrates, starts group commit.
 * Throws with a sentence that says what to do when the folder is taken or the store is not as it must be.
 */
export function openSqlite(options: SqliteOptions): Db {
  const { folder } = options;
  makeDataFolder(folder);
  if (existsSync(restoringMarkOf(folder))) {
    throw new Error(`a restore into ${folder} did not end: empty the folder, and restore again`);
  }
  mustNotBeMoved(folder);
  let lock: FolderLock | undefined;
  try {
    lock = lockFolder(join(folder, "lock"));
    if (lock === undefined) throw new FolderTakenError(folder);
    const held = lock;
    return new SqliteDb(storeFileOf(folder), options, () => held.release());
  } catch (error) {
    lock?.release();
    throw openFault(error, folder);
  }
}

/**
 * Opens the embedded store for reading alone, beside a server that may be running on it.
 * Throws with a sentence that says what to do when there is no store in the folder that can be read.
 */
export function openSqliteReader(folder: string): ReadStore {
  const path = storeFileOf(folder);
  const hadLog = existsSync(`${path}-wal`);
  try {
    return new SqliteReader(path, () => hadLog || removeUnusedLog(folder, path));
  } catch (error) {
    throw openFault(error, folder);
  }
}

class SqliteReader implements ReadStore {
  readonly #shared: Connection;
  readonly #snapshots: Snapshots;
  readonly #onClosed: () => void;

  constructor(path: string, onClosed: () => void = () => {}) {
    const open = () => new Connection(path, { readOnly: true });
    this.#shared = open();
    this.#snapshots = new Snapshots(open);
    this.#onClosed = onClosed;
  }

  async get<Row>(sql: string, ...values: Value[]): Promise<Row | undefined> {
    return this.#shared.get(sql, values) as Row | undefined;
  }

  async all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    return this.#shared.all(sql, values) as Row[];
  }

  snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    return this.#snapshots.take(work);
  }

  async ping(): Promise<void> {
    this.#shared.get("SELECT 1", []);
  }

  async damage(): Promise<string[]> {
    const rows = await this.all<{ integrity_check: string }>("PRAGMA integrity_check(20)");
    return rows.map((row) => row.integrity_check).filter((line) => line !== "ok");
  }

  async close(): Promise<void> {
    this.#snapshots.close();
    this.#shared.close();
    this.#onClosed();
  }
}

class SqliteDb extends SqliteReader implements Db {
  readonly #writer: GroupCommit;
  readonly #checkpoints: Checkpoints;
  readonly #erasure: Erasure;
  readonly #release: () => void;
  #closed: Promise<void> | undefined;

  constructor(path: string, options: SqliteOptions, release: () => void) {
    const { now, onGroup = () => {}, onOverdue = () => {}, erasurePace } = options;
    // The writer comes first: it makes the file, which a reader cannot.
    const writer = new GroupCommit(
      () => openWriter(path, now()),
      now,
      (commands, milliseconds) => {
        checkpoints.committed();
        onGroup(commands, milliseconds);
      },
      () => erasure.due(),
    );
    const checkpoints = new Checkpoints({ path, between: (work) => writer.between(work) });
    const checkpoint = async () => {
      await checkpoints.look();
      return writer.between(truncateLog);
    };
    const erasure = new Erasure({ checkpoint, onOverdue, pace: erasurePace });
    super(path);
    this.#writer = writer;
    this.#checkpoints = checkpoints;
    this.#erasure = erasure;
    this.#release = release;
    erasure.dueNow();
  }

  /** There is one writer for everything, whatever the scope. */
  write<T>(_scope: WriteScope, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#writer.write(work);
  }

  wroteMuch(): void {
    void this.#checkpoints.look();
  }

  override close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#erasure.stop();
    const stopped = this.#writer.stop();
    await this.#checkpoints.stop();
    await stopped;
    await super.close();
    this.#writer.close();
    this.#release();
  }
}

function openWriter(path: string, now: number): Connection {
  const connection = new Connection(path, { readOnly: false });
  connection.exec(
    "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; " +
      "PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -40960;",
  );
  checkEngine(connection);
  migrate(connection, migrationsIn(MIGRATIONS), now);
  return connection;
}

/**
 * Moves the log into the database and empties its file; false when somebody reads from the log. It never waits for them:
 * the readers of this process run on the same thread.
 */
function truncateLog(connection: Connection): boolean {
  connection.exec("PRAGMA busy_timeout = 0");
  try {
    const row = connection.get("PRAGMA wal_checkpoint(TRUNCATE)", []) as { busy: number };
    return row.busy === 0;
  } finally {
    connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  }
}

/** Reads back what durability rests on; a pragma that was not taken is silent. */
export function checkEngine(connection: Connection): void {
  const { version } = connection.get("SELECT sqlite_version() AS version", []) as { version: string };
  if (isOlder(version)) throw new Error(`SQLite ${version} is too old: at least ${OLDEST_SQLITE.join(".")} is needed`);
  const expected = {
    journal_mode: "wal",
    synchronous: 2,
    foreign_keys: 1,
    mmap_size: 0,
    secure_delete: 1,
    trusted_schema: 0,
  };
  for (const [pragma, value] of Object.entries(expected)) {
    const row = connection.get(`PRAGMA ${pragma}`, []) as Record<string, unknown> | undefined;
    const actual = row === undefined ? undefined : Object.values(row)[0];
    // Builds without memory mapping do not answer mmap_size at all.
    if (actual !== value && !(pragma === "mmap_size" && row === undefined)) {
      throw new Error(`the store answers ${pragma} = ${String(actual)}, it must be ${value}`);
    }
  }
}

/** Of the engine that this Node has. */
export function sqliteVersion(): string {
  const connection = new Connection(":memory:", { readOnly: false });
  try {
    return (connection.get("SELECT sqlite_version() AS version", []) as { version: string }).version;
  } finally {
    connection.close();
  }
}

/** Whether an engine is too old to be trusted with a log. */
export function isOlder(version: string): boolean {
  const parts = version.split(".").map(Number);
  for (const [i, least] of OLDEST_SQLITE.entries()) {
    const part = parts[i] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}
