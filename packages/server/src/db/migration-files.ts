import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** A migration that ran on a database. */
export interface Applied {
  readonly version: number;
  readonly checksum: string;
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
 * Those that are still to run. Throws when the database is newer than this program, or when a migration that ran was
 * changed afterwards.
 */
export function migrationsDue(migrations: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
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
  return migrations.slice(newest);
}

/** What a migration that failed is told as. */
export function migrationFailed({ version, name }: Migration, cause: unknown): Error {
  return new Error(`migration ${version} (${name}) failed; nothing of it was kept`, { cause });
}
