import { type Applied, type Migration, migrationFailed, migrationsDue } from "../migration-files.ts";
import type { Session } from "./session.ts";

/** An advisory lock of its own: "stai", "migr". */
const LOCK = "1937006953, 1835624306";

/**
 * Brings a database up to date, each migration in a transaction of its own. Of several nodes that start at once one does
 * it, and the others wait. Throws when the database is newer than this program, or when a migration that ran was changed
 * afterwards.
 */
export async function migratePostgres(session: Session, migrations: readonly Migration[], now: number): Promise<void> {
  if (migrationsDue(migrations, await appliedIn(session)).length === 0) return;
  await session.exec(`SELECT pg_advisory_lock(${LOCK})`);
  try {
    await session.exec(
      'CREATE TABLE IF NOT EXISTS schema_migrations (version bigint PRIMARY KEY, name text COLLATE "C" NOT NULL, checksum text COLLATE "C" NOT NULL, applied_at bigint NOT NULL)',
    );
    for (const migration of migrationsDue(migrations, await appliedIn(session))) await run(session, migration, now);
  } finally {
    await session.exec(`SELECT pg_advisory_unlock(${LOCK})`);
  }
}

/** The migrations that have run; none where the database is empty. */
export async function appliedIn(session: Session): Promise<Applied[]> {
  const { rows } = await session.exec("SELECT to_regclass('schema_migrations') IS NOT NULL AS is_there");
  if ((rows[0] as { is_there: number }).is_there === 0) return [];
  return (await session.exec("SELECT version, checksum FROM schema_migrations ORDER BY version")).rows as Applied[];
}

async function run(session: Session, migration: Migration, now: number): Promise<void> {
  const { version, name, checksum } = migration;
  try {
    await session.exec(`BEGIN; ${migration.sql}`);
    await session.query("INSERT INTO schema_migrations VALUES ($1, $2, $3, $4)", [version, name, checksum, now]);
    await session.exec("COMMIT");
  } catch (cause) {
    await session.exec("ROLLBACK");
    throw migrationFailed(migration, cause);
  }
}
