import { join } from "node:path";
import { makeDataFolder } from "../lib/data-folder.ts";
import { FolderTakenError, lockFolder } from "./lock.ts";
import { mustNotBeMoved } from "./moved-mark.ts";
import type { MoveTarget } from "./moving/index.ts";
import type { Db, Reader, ReadStore } from "./port.ts";
import type { PostgresOptions } from "./postgres/open.ts";
import type { Scrubbed, ScrubOptions } from "./postgres/scrub.ts";
import { openSqlite, openSqliteReader, type SqliteOptions } from "./sqlite.ts";

/** Where the rows are: in the data folder, or in a PostgreSQL database. */
export interface StorePlace {
  readonly folder: string;
  /** `postgres://user:password@host:port/database`; undefined for the folder. */
  readonly url?: string | undefined;
}

export interface StoreOptions extends SqliteOptions, Pick<PostgresOptions, "isUnsafe"> {
  url?: string | undefined;
}

/**
 * Opens a store for a server, and takes the server's data folder either way: a second process must not use it.
 * Throws with a sentence that says what to do when the folder is taken or the store is not as it must be.
 */
export async function openStore({ url, ...options }: StoreOptions): Promise<Db> {
  if (url === undefined) return openSqlite(options);
  makeDataFolder(options.folder);
  const lock = lockFolder(join(options.folder, "lock"));
  if (lock === undefined) throw new FolderTakenError(options.folder);
  try {
    return await openPostgres({ ...options, url, onClosed: () => lock.release() });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Opens a store for reading alone, beside the servers that may be running on it. Throws when there is none, or it was moved away. */
export async function openReader({ folder, url }: StorePlace): Promise<ReadStore> {
  if (url === undefined) {
    mustNotBeMoved(folder);
    return openSqliteReader(folder);
  }
  return (await import("./postgres/open.ts")).openPostgresReader(url);
}

/** Opens a store on PostgreSQL. Its driver is loaded for those alone who use it. */
export async function openPostgres(options: PostgresOptions): Promise<Db> {
  return (await import("./postgres/open.ts")).openPostgres(options);
}

/** Writes the tables of a PostgreSQL store anew, without what was deleted. Its driver is loaded for those alone who use it. */
export async function scrubStore(url: string, options: ScrubOptions): Promise<Scrubbed> {
  return (await import("./postgres/scrub.ts")).scrubPostgres(url, options);
}

/** Opens a PostgreSQL database that an embedded store is moved into. Its driver is loaded for those alone who use it. */
export async function openMoveTarget(
  url: string,
  source: Reader,
  options: { now: number; isUnsafe: boolean },
): Promise<MoveTarget> {
  return (await import("./moving/index.ts")).MoveTarget.open(url, source, options);
}
