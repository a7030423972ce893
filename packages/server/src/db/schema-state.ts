import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Connection } from "./connection.ts";
import { migrationsIn } from "./migration-files.ts";
import { openFault } from "./open-fault.ts";
import { removeUnusedLog } from "./unused-log.ts";

const MIGRATIONS = join(import.meta.dirname, "migrations", "sqlite");

/** Where a store stands among the migrations of this program. */
export interface SchemaState {
  /** Of the store; 0 where there is none yet. */
  readonly version: number;
  /** That this program brings a store to. Where `version` is higher, the store is of a newer program. */
  readonly newest: number;
  /** Names of the migrations that have not run yet, in order. */
  readonly pending: readonly string[];
}

/** Reads the schema version of a store's file; changes nothing, and a server may be running on it. */
export function schemaStateOf(store: string): SchemaState {
  const migrations = migrationsIn(MIGRATIONS);
  const version = existsSync(store) ? versionOf(store) : 0;
  return { version, newest: migrations.length, pending: migrations.slice(version).map(({ name }) => name) };
}

function versionOf(store: string): number {
  const hadLog = existsSync(`${store}-wal`);
  let connection: Connection | undefined;
  try {
    connection = new Connection(store, { readOnly: true });
    const known = connection.get("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'", []);
    if (known === undefined) return 0;
    const row = connection.get("SELECT coalesce(max(version), 0) AS version FROM schema_migrations", []);
    return (row as { version: number }).version;
  } catch (error) {
    throw openFault(error, dirname(store));
  } finally {
    connection?.close();
    if (!hadLog) removeUnusedLog(dirname(store), store);
  }
}
