import type { Connection } from "./connection.ts";
import { type Applied, type Migration, migrationFailed, migrationsDue } from "./migration-files.ts";

/**
 * Brings an embedded store up to date, each migration in a transaction of its own. A repeat changes nothing.
 * Throws when the database is newer than this program, or a migration that ran was changed afterwards.
 */
export function migrate(connection: Connection, migrations: readonly Migration[], now: number): void {
  connection.exec(
    "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
  );
  const applied = connection.all("SELECT version, checksum FROM schema_migrations ORDER BY version", []) as Applied[];
  for (const migration of migrationsDue(migrations, applied)) {
    connection.exec("BEGIN IMMEDIATE");
    try {
      connection.exec(migration.sql);
      connection.run("INSERT INTO schema_migrations VALUES ($1, $2, $3, $4)", [
        migration.version,
        migration.name,
        migration.checksum,
        now,
      ]);
      connection.exec("COMMIT");
    } catch (cause) {
      // A full disk may have ended it already.
      if (connection.isInTransaction) connection.exec("ROLLBACK");
      throw migrationFailed(migration, cause);
    }
  }
}
