import { setTimeout as wait } from "node:timers/promises";
import { systemClock } from "../../lib/clock.ts";
import { every } from "../../lib/periodic.ts";
import { mustOwnTables } from "./check-server.ts";
import { openPostgresReader } from "./open.ts";
import { countReadersBefore, TABLES } from "./remains.ts";
import { Session } from "./session.ts";

/** How far which part has come: blocks of a table, or bytes of the log. */
export interface ScrubStep {
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

export interface Scrubbed {
  /** Bytes of each table's files, with what is kept apart from its rows, before and after. */
  readonly tables: Record<string, { before: number; after: number }>;
  /** Sessions, replicas and prepared transactions that read an older moment, whose rows had to be copied too. */
  readonly readers: number;
  /** Bytes of the write-ahead log that were written over; null where nobody asked for it. */
  readonly log: number | null;
}

export interface ScrubOptions {
  /** Write over the write-ahead log too. */
  readonly withLog: boolean;
  readonly onStep?: (step: ScrubStep) => void;
  /** Stops it between two parts; each is all or nothing. */
  readonly signal?: AbortSignal;
}

const LOOK_MS = 500;
/** How long the end of those who read an older moment is waited for. */
const READERS_MS = 15_000;
const MIB = 1024 * 1024;

/**
 * Writes the tables that hold what people say into new files and lets go of the old ones, so that no byte of what was
 * deleted is in them (DEL3). Each is locked for everybody while it is written, and needs as much disk again. With
 * `withLog` the write-ahead log's files are written over too: that needs a role that may checkpoint and list them.
 */
export async function scrubPostgres(url: string, options: ScrubOptions): Promise<Scrubbed> {
  const { withLog, onStep = () => {}, signal } = options;
  await (await openPostgresReader(url)).close();
  const session = await Session.open({ url });
  const watcher = await Session.open({ url });
  let step: string | undefined;
  const watching = every(
    LOOK_MS,
    async () => {
      if (step !== undefined) await watch(watcher, step, onStep);
    },
    () => {},
  );
  try {
    await mustOwnTables(session);
    // What the role may not do it is told before anybody has waited for a table.
    if (withLog) await bytesOfLog(session);
    const { rows } = await session.exec("SELECT pg_current_xact_id()::xid::text AS now");
    const { now } = rows[0] as { now: string };
    const tables: Scrubbed["tables"] = {};
    let readers = 0;
    for (const table of TABLES) {
      signal?.throwIfAborted();
      readers = Math.max(readers, await readersLeft(session, now));
      step = table;
      const before = await sizeOf(session, table);
      await session.exec(`VACUUM (FULL) ${table}`);
      tables[table] = { before, after: await sizeOf(session, table) };
    }
    step = undefined;
    const log = withLog ? await scrubLog(session, onStep, signal) : null;
    return { tables, readers, log };
  } finally {
    await watching.stop();
    await Promise.all([session.close(), watcher.close()]);
  }
}

/** Waits a while for those who read at a moment before a transaction; answers how many still do. */
async function readersLeft(session: Session, xid: string): Promise<number> {
  const deadline = systemClock.monotonic() + READERS_MS;
  for (;;) {
    const readers = await countReadersBefore(session, xid);
    if (readers === 0 || systemClock.monotonic() > deadline) return readers;
    await wait(LOOK_MS);
  }
}

async function sizeOf(session: Session, table: string): Promise<number> {
  const { rows } = await session.exec(`SELECT pg_table_size('${table}') AS bytes`);
  return (rows[0] as { bytes: number }).bytes;
}

async function watch(session: Session, table: string, onStep: (step: ScrubStep) => void): Promise<void> {
  const { rows } = await session.exec(
    `SELECT heap_blks_scanned AS done, heap_blks_total AS total FROM pg_stat_progress_cluster
     WHERE datname = current_database() AND relid = '${table}'::regclass`,
  );
  const found = rows[0] as { done: number; total: number } | undefined;
  if (found !== undefined && found.total > 0) onStep({ what: `blocks of ${table}`, ...found });
}

/**
 * A file of the log that is done with becomes one to come, with its bytes in it, until it is written again. Twice, since
 * the file that is written to at first becomes such a one only at the second checkpoint.
 */
async function scrubLog(
  session: Session,
  onStep: (step: ScrubStep) => void,
  signal: AbortSignal | undefined,
): Promise<number> {
  let written = 0;
  for (const round of [1, 2]) {
    const total = (await bytesOfLog(session)) + 16 * MIB;
    for (let done = 0; done < total; done += MIB) {
      signal?.throwIfAborted();
      await session.exec(`SELECT pg_logical_emit_message(false, 'stairwell', repeat('0', ${MIB}))`);
      onStep({ what: `bytes of the log, round ${round} of 2`, done: done + MIB, total });
    }
    written += total;
  }
  await session.exec("CHECKPOINT");
  return written;
}

/** How large the log's files are after a checkpoint. */
async function bytesOfLog(session: Session): Promise<number> {
  await session.exec("CHECKPOINT");
  const { rows } = await session.exec("SELECT coalesce(sum(size), 0) AS bytes FROM pg_ls_waldir()");
  return (rows[0] as { bytes: number }).bytes;
}
