import { join } from "node:path";
import { migrationsIn } from "../migration-files.ts";
import { isBeingMoved } from "../moving/mark.ts";
import type { SchemaState } from "../schema-state.ts";
import { checkServer } from "./check-server.ts";
import { appliedIn } from "./migrate.ts";
import { Session } from "./session.ts";

const MIGRATIONS = join(import.meta.dirname, "../migrations/postgres");

/** What a database on PostgreSQL is, as nobody who uses it would have to wait for. */
export interface DatabaseState extends SchemaState {
  /** Of its server. */
  readonly serverVersion: string;
  /** Unix milliseconds, by the clock of its server. */
  readonly at: number;
  readonly isBeingMoved: boolean;
}

/** Looks at a database and changes nothing. Throws a sentence that says what to change where a server could not use it. */
export async function lookAtPostgres(url: string, { isUnsafe = false } = {}): Promise<DatabaseState> {
  const session = await Session.open({ url });
  try {
    await checkServer(session, isUnsafe);
    const migrations = migrationsIn(MIGRATIONS);
    const version = Math.max(0, ...(await appliedIn(session)).map((applied) => applied.version));
    const { rows } = await session.exec(
      "SELECT current_setting('server_version') AS version, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS at",
    );
    const server = rows[0] as { version: string; at: number };
    return {
      serverVersion: server.version,
      at: server.at,
      isBeingMoved: version > 0 && (await isBeingMoved(session)),
      version,
      newest: migrations.length,
      pending: migrations.slice(version).map(({ name }) => name),
    };
  } finally {
    await session.close();
  }
}
