/** The store's port and its engines. */
export type { Db, Reader, ReadStore, Tx, Value, WriteScope } from "./port.ts";
export type { ErasurePace } from "./erasure.ts";
export { FolderTakenError } from "./lock.ts";
export { hasStore, openSqlite, openSqliteReader, type SqliteOptions } from "./sqlite.ts";
export { listOf } from "./in-list.ts";
