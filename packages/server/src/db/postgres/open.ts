import { join } from "node:path";
import { StairwellError } from "@stairwell/protocol";
import { sentenceOf } from "../../lib/sentence-of.ts";
import { Erasure, type ErasurePace } from "../erasure.ts";
import { migrationsIn } from "../migration-files.ts";
import { isBeingMoved, MOVING } from "../moving/mark.ts";
import type { Db, Reader, ReadStore, Tx, Value, WriteScope } from "../port.ts";
import { checkServer } from "./check-server.ts";
import { Lanes } from "./lanes.ts";
import { migratePostgres } from "./migrate.ts";
import { Readers } from "./readers.ts";
import { takeOutRemains } from "./remains.ts";
import { Session, type SessionOptions } from "./session.ts";
import { PostgresSnapshots } from "./snapshots.ts";
import { Statistics } from "./statistics.ts";
import { Writer } from "./writer.ts";

/** A statement that reads; longer than any of a server's takes. */
const READING_MS = 30_000;
const MIGRATIONS = join(import.meta.dirname, "../migrations/postgres");

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  url: string;
  now: () => number;
  /** Told of each committed group: commands in it, and milliseconds it took. */
  onGroup?: ((commands: number, milliseconds: number) => void) | undefined;
  /** Told when deleted rows cannot be taken out in time (DEL3), with what stands in the way. */
  onOverdue?: ((cause: unknown) => void) | undefined;
  /** How soon deleted rows are taken out; for tests. */
  erasurePace?: Partial<ErasurePace> | undefined;
  /** Told once it is closed. */
  onClosed?: (() => void) | undefined;
  /** Takes a server that does not write to its disks; for tests. */
  isUnsafe?: boolean | undefined;
  /** Milliseconds for which the answer to a read is waited for; for tests. */
  readingMs?: number | undefined;
}

/** A database that no server has worked on. */
export class StoreMissingError extends Error {
  override readonly name = "StoreMissingError";

  constructor() {
    super(
      "There is no store in the database of store.url: name another one, or make one with 'stairwell tenant create'.",
    );
  }
}

/**
 * Opens a store on PostgreSQL: checks the server, migrates, starts group commit. Any number of processes may.
 * Throws with a sentence that says what to do when the server is not as it must be.
 */
export async function openPostgres(options: PostgresOptions): Promise<Db> {
  const session: SessionOptions = { url: options.url };
  const first = await Session.open(session).catch((cause: unknown) => {
    throw unusable(cause);
  });
  try {
    await checkServer(first, options.isUnsafe ?? false);
    await migratePostgres(first, migrationsIn(MIGRATIONS), options.now());
    if (await isBeingMoved(first)) throw halfMoved();
  } finally {
    await first.close();
  }
  return new PostgresDb(session, options);
}

/** Opens a store on PostgreSQL for reading alone, beside the servers that run on it. `StoreMissingError`; throws for half of one. */
export async function openPostgresReader(url: string): Promise<ReadStore> {
  const store = new PostgresReader({ url });
  try {
    const found = await store.get<{ is_store: number; is_moving: number }>(
      `SELECT to_regclass('schema_migrations') IS NOT NULL AS is_store, to_regclass('${MOVING}') IS NOT NULL AS is_moving`,
    );
    if (found!.is_store === 0) throw new StoreMissingError();
    if (found!.is_moving === 1) throw halfMoved();
    return store;
  } catch (error) {
    await store.close();
    throw error instanceof StairwellError ? unusable(error.cause ?? error) : error;
  }
}

function halfMoved(): Error {
  return new Error("a store is being moved into the database, and is not whole: run 'stairwell migrate-store' again");
}

function unusable(cause: unknown): Error {
  const reason = sentenceOf(cause);
  return new Error(`the database of store.url cannot be used: ${reason}. 'stairwell doctor' says what to look at.`, {
    cause,
  });
}

class PostgresReader implements ReadStore {
  readonly #readers: Readers;
  readonly #snapshots: PostgresSnapshots;

  constructor(session: SessionOptions) {
    this.#readers = new Readers(session);
    this.#snapshots = new PostgresSnapshots(session);
  }

  get<Row>(sql: string, ...values: Value[]): Promise<Row | undefined> {
    return this.#readers.get(sql, ...values);
  }

  all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    return this.#readers.all(sql, ...values);
  }

  snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    return this.#snapshots.take(work);
  }

  async ping(): Promise<void> {
    await this.#readers.get("SELECT 1");
  }

  async damage(): Promise<string[]> {
    const found = await this.get<{ pages: number | null }>(
      "SELECT checksum_failures AS pages FROM pg_stat_database WHERE datname = current_database()",
    );
    const pages = found?.pages ?? 0;
    return pages === 0 ? [] : [`the server has met ${pages} pages of the database whose checksums are wrong`];
  }

  async close(): Promise<void> {
    await Promise.all([this.#readers.close(), this.#snapshots.close()]);
  }
}

class PostgresDb extends PostgresReader implements Db {
  readonly #lanes: Lanes;
  readonly #writer: Writer;
  readonly #erasure: Erasure;
  readonly #statistics: Statistics;
  readonly #onClosed: () => void;
  #closed: Promise<void> | undefined;

  constructor(session: SessionOptions, options: PostgresOptions) {
    super({ ...session, patienceMs: options.readingMs ?? READING_MS });
    const { now, onGroup = () => {}, onOverdue = () => {}, onClosed = () => {}, erasurePace } = options;
    const erasure = new Erasure({ checkpoint: () => takeOutRemains(session), onOverdue, pace: erasurePace });
    const statistics = new Statistics(session);
    const writer = new Writer({
      session,
      now,
      onGroup: (commands, milliseconds) => {
        statistics.written(commands);
        onGroup(commands, milliseconds);
      },
      onErased: () => erasure.due(),
    });
    this.#onClosed = onClosed;
    this.#erasure = erasure;
    this.#writer = writer;
    this.#statistics = statistics;
    this.#lanes = new Lanes(writer.commit.bind(writer));
    // Whoever deleted last may have ended before it was taken out.
    erasure.due();
  }

  write<T>(scope: WriteScope, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#lanes.write(scope, work);
  }

  /** Its server tidies up by itself, but for what is known of tables that grow this fast. */
  wroteMuch(): void {
    this.#statistics.wroteMuch();
  }

  override close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#erasure.stop();
    await this.#lanes.stop();
    await Promise.all([super.close(), this.#writer.close(), this.#statistics.close()]);
    this.#onClosed();
  }
}
