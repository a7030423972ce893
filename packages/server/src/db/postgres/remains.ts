import { Session, type SessionOptions } from "./session.ts";

/** The tables whose rows hold what people say, under their own eyes or under a key. */
export const TABLES = ["events", "rooms", "room_keys", "media", "blobs", "proposals"] as const;

/**
 * Takes the old versions of rows out of the tables whose content was deleted (DEL3); false when somebody still reads at a
 * moment before the deletion, so that they had to stay. What becomes of their bytes is said in docs/operating/deletion.md.
 */
export async function takeOutRemains(options: SessionOptions): Promise<boolean> {
  const session = await Session.open(options);
  try {
    const { rows } = await session.exec("SELECT pg_current_xact_id()::xid::text AS now");
    const { now } = rows[0] as { now: string };
    for (const table of TABLES) await session.exec(`VACUUM (TRUNCATE FALSE) ${table}`);
    return (await countReadersBefore(session, now)) === 0;
  } finally {
    await session.close();
  }
}

/** Sessions, prepared transactions and replicas that see the store as it was before a transaction. */
export async function countReadersBefore(session: Session, xid: string): Promise<number> {
  const { rows } = await session.query(
    `SELECT count(*) AS n FROM (
       SELECT backend_xmin AS oldest FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type <> 'autovacuum worker'
       UNION ALL SELECT xmin FROM pg_replication_slots
       UNION ALL SELECT transaction FROM pg_prepared_xacts WHERE database = current_database()) s
     WHERE oldest IS NOT NULL AND age(oldest) > age(CAST(CAST($1 AS text) AS xid))`,
    [xid],
  );
  return (rows[0] as { n: number }).n;
}
