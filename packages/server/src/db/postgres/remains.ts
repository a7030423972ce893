import { Session, type SessionOptions } from "./session.ts";

/** The tables whose rows hold what people say, under their own eyes or under a key. */
export const TABLES = ["events", "rooms", "room_keys", "media", "blobs", "proposals"] as const;

/**
 * Takes the old versions of rows out of the tables whose content was deleted (DEL3); false when somebody was still at a
 * moment before the deletion, so that they may have had to stay. What becomes of their bytes is said in
 * docs/operating/deletion.md.
 */
export async function takeOutRemains(options: SessionOptions): Promise<boolean> {
  const session = await Session.open(options);
  try {
    const { rows } = await session.exec("SELECT pg_current_xact_id()::xid::text AS now");
    const { now } = rows[0] as { now: string };
    // Asked before: whoever is gone by the end may have held rows back at the beginning, and nobody comes to an older moment.
    const readers = await countReadersBefore(session, now);
    for (const table of TABLES) await session.exec(`VACUUM (TRUNCATE FALSE) ${table}`);
    return readers === 0;
  } finally {
    await session.close();
  }
}

/**
 * Sessions, prepared transactions and replicas for whose sake rows stay that were of use before a transaction: by what they
 * read, or by having begun to write, since what they will read is of that moment too. A vacuum holds nothing back.
 */
export async function countReadersBefore(session: Session, xid: string): Promise<number> {
  const { rows } = await session.query(
    `SELECT count(*) AS n FROM (
       SELECT greatest(age(backend_xmin), age(backend_xid)) AS held FROM pg_stat_activity
         WHERE coalesce(datname, current_database()) = current_database() AND pid <> pg_backend_pid()
           AND pid NOT IN (SELECT pid FROM pg_stat_progress_vacuum)
       UNION ALL SELECT age(xmin) FROM pg_replication_slots
       UNION ALL SELECT age(transaction) FROM pg_prepared_xacts WHERE database = current_database()) s
     WHERE held > age(CAST(CAST($1 AS text) AS xid))`,
    [xid],
  );
  return (rows[0] as { n: number }).n;
}
