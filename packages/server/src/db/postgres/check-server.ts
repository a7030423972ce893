import { TABLES } from "./remains.ts";
import type { Session } from "./session.ts";

const OLDEST = 150_000;

interface Answers {
  version: string;
  version_num: number;
  encoding: string;
  synchronous_commit: string;
  fsync: string;
  full_page_writes: string;
  in_recovery: number;
}

/**
 * Reads what durability rests on. Throws a sentence that says what to change. `isUnsafe` lets a server pass that may lose
 * everything when its machine stops: for tests.
 */
export async function checkServer(session: Session, isUnsafe: boolean): Promise<void> {
  const { rows } = await session.exec(
    "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS version_num, " +
      "current_setting('server_encoding') AS encoding, current_setting('synchronous_commit') AS synchronous_commit, " +
      "current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes, " +
      "pg_is_in_recovery() AS in_recovery",
  );
  const found = rows[0] as Answers;
  if (found.version_num < OLDEST) throw new Error(`PostgreSQL ${found.version} is too old: at least 15 is needed`);
  if (found.in_recovery === 1) throw new Error("the PostgreSQL server is a standby: name its primary in store.url");
  if (found.encoding !== "UTF8") {
    throw new Error(`the database's encoding is ${found.encoding}: make one with ENCODING 'UTF8'`);
  }
  // `local` is durable on this server; less is not, and an answer would be given for what a crash takes back.
  if (!["on", "local", "remote_apply"].includes(found.synchronous_commit)) {
    throw new Error(`PostgreSQL has synchronous_commit = ${found.synchronous_commit}: it must be on`);
  }
  for (const setting of ["fsync", "full_page_writes"] as const) {
    if (found[setting] !== "on" && !isUnsafe) throw new Error(`PostgreSQL has ${setting} = off: it must be on`);
  }
  await mustOwnTables(session);
}

/**
 * Throws where a role may not vacuum what people say: PostgreSQL passes over such tables with a warning, and what was deleted
 * would stay (DEL3). Tables that are not there yet are made by the role itself.
 */
export async function mustOwnTables(session: Session): Promise<void> {
  const { rows } = await session.exec(
    `SELECT current_user::text AS me, min(pg_get_userbyid(c.relowner)::text) AS owner
     FROM pg_class c JOIN pg_database d ON d.datname = current_database()
     WHERE c.oid IN (${TABLES.map((table) => `to_regclass('${table}')`).join(", ")})
       AND NOT pg_has_role(c.relowner, 'USAGE') AND NOT pg_has_role(d.datdba, 'USAGE')`,
  );
  const { me, owner } = rows[0] as { me: string; owner: string | null };
  if (owner === null) return;
  throw new Error(
    `the tables are of the role ${owner}, and ${me} may not take deleted rows out of them: sign in as ${owner}, or GRANT ${owner} TO ${me}`,
  );
}
