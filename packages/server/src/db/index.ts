/** The store's port and its engines. */
export type { Db, Put, Reader, ReadStore, Tx, Value, WriteScope } from "./port.ts";
export type { ErasurePace } from "./erasure.ts";
export { ByHold } from "./by-hold.ts";
export { bringUpToDate, schemaStateAt } from "./bring-up-to-date.ts";
export { type CopyOptions, copyStore } from "./copy-store.ts";
export { groupMetrics } from "./group-metrics.ts";
export { type FolderLock, FolderTakenError, lockFolder } from "./lock.ts";
export { markMoved, movedText, mustNotBeMoved, StoreMovedError } from "./moved-mark.ts";
export { type SchemaState, schemaStateOf } from "./schema-state.ts";
export {
  hasStore,
  isOlder,
  openSqlite,
  OLDEST_SQLITE,
  openSqliteReader,
  restoredMarkOf,
  restoringMarkOf,
  type SqliteOptions,
  sqliteVersion,
  storeFileOf,
} from "./sqlite.ts";
export { listed, listOf, numberMarks, numberRows, rowMarks, textListOf } from "./in-list.ts";
export { insertPut } from "./put.ts";
export { withWrite } from "./with-write.ts";
export { openPostgres, openReader, openStore, type StoreOptions, type StorePlace } from "./open-store.ts";
export { type DatabaseState, lookAtPostgres } from "./postgres/look.ts";
export type { PostgresOptions } from "./postgres/open.ts";
export { statements } from "./postgres/under-way.ts";
export type { MoveTarget, SecretRow } from "./moving/index.ts";
export { openMoveTarget, scrubStore } from "./open-store.ts";
export type { Scrubbed, ScrubOptions, ScrubStep } from "./postgres/scrub.ts";
