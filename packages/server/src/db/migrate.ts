import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "./connection.ts";

interface Migration {
  version: number;
  name: string;
  sql: string;
  checksum: string;
}

/** The numbered, forward-only migrations of an engine, in order. */
export function migrationsIn(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((file) => /^\d{3}-.+\.sql$/.test(file))
    .sort()
    .map((file, i) => {
      const version = Number(file.slice(0, 3));
      if (version !== i + 1) throw new Error(`migration ${file} is out of order`);
      const sql = readFileSync(join(folder, file), "utf8");
      return { version, name: file.slice(4, -4), sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

/**
 * Brings a database up to date, each migration in a transaction of its own. A repeat changes nothing.
 * Throws when the database is newer than this program, or a migration that ran was changed afterwards.
 */
export function migrate(connection: Connection, migrations: readonly Migration[], now: number): void {
  connection.exec(
    "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
  );
  const applied = connection.all("SELECT version, checksum FROM schema_migrations ORDER BY version", []) as {
    version: number;
    checksum: string;
  }[];
  const newest = applied.at(-1)?.version ?? 0;
  if (newest > migrations.length) {
    throw new Error(
      `the database has schema version ${newest}, this program knows ${migrations.length}: use the newer program, nothing was changed`,
    );
  }
  for (const { version, checksum } of applied) {
    if (migrations[version - 1]?.checksum !== checksum)
      throw new Error(`migration ${version} was changed after it ran`);
  }
  for (const migration of migrations.slice(newest)) {
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
      connection.exec("ROLLBACK");
      throw new Error(`migration ${migration.version} (${migration.name}) failed; nothing of it was kept`, { cause });
    }
  }
}
