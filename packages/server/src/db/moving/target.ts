import { join } from "node:path";
import { migrationsIn } from "../migration-files.ts";
import type { Reader } from "../port.ts";
import { checkServer } from "../postgres/check-server.ts";
import { migratePostgres } from "../postgres/migrate.ts";
import { Session } from "../postgres/session.ts";
import { compareRows } from "./compare-rows.ts";
import { copyRows, type RowStep } from "./copy-rows.ts";
import { isBeingMoved, makeMark, type Mark, markBlob, MOVING, readMark } from "./mark.ts";
import { type MovedTable, tablesToMove } from "./tables.ts";

const MIGRATIONS = join(import.meta.dirname, "../migrations/postgres");
/** An advisory lock of its own: "stai", "move". */
const LOCK = "1937006953, 1836021349";
/** What a server makes in an empty database before anybody uses it. */
const OF_NODES = ["secrets", "nodes"] as const;

/** A row of what nodes share. */
export interface SecretRow {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type Standing = "empty" | "under way" | "moved" | "other";

/** The database that a store is moved into. */
export class MoveTarget {
  readonly #session: Session;
  readonly #source: Reader;
  readonly tables: readonly MovedTable[];

  private constructor(session: Session, source: Reader, tables: readonly MovedTable[]) {
    this.#session = session;
    this.#source = source;
    this.tables = tables;
  }

  /** Checks the server and makes the tables. Throws with a sentence that says what to change. */
  static async open(
    url: string,
    source: Reader,
    { now, isUnsafe }: { now: number; isUnsafe: boolean },
  ): Promise<MoveTarget> {
    const first = await Session.open({ url });
    try {
      await checkServer(first, isUnsafe);
      await migratePostgres(first, migrationsIn(MIGRATIONS), now);
    } finally {
      await first.close();
    }
    // A crash of the database may take the last batches back, and their marks with them; the last commit is durable, and so
    // is then all before it.
    const session = await Session.open({ url, settings: { synchronous_commit: "off" } });
    try {
      const { rows } = await session.exec(`SELECT pg_try_advisory_lock(${LOCK}) AS is_ours`);
      if ((rows[0] as { is_ours: number }).is_ours === 0) throw new Error("another process is moving a store there");
      return new MoveTarget(session, source, await tablesToMove(source, session));
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** What is in the database, as far as a store with that secret is to be moved there. */
  async standing(secret: SecretRow): Promise<Standing> {
    if (await isBeingMoved(this.#session)) return "under way";
    const { rows } = await this.#session.query("SELECT bytes FROM secrets WHERE name = $1", [secret.name]);
    const theirs = (rows[0] as { bytes: Uint8Array } | undefined)?.bytes;
    if (theirs !== undefined && Buffer.compare(theirs, secret.bytes) === 0) return "moved";
    for (const table of [...this.tables.map(({ name }) => name), ...OF_NODES]) {
      const found = await this.#session.exec(`SELECT 1 FROM ${table} LIMIT 1`);
      if (found.rows.length > 0) return "other";
    }
    return "empty";
  }

  async mark(): Promise<Mark | undefined> {
    return readMark(this.#session);
  }

  begin(origin: string): Promise<Mark> {
    return makeMark(this.#session, origin);
  }

  copy(mark: Mark, step: RowStep): Promise<void> {
    return copyRows(this.#source, this.#session, this.tables, mark, step);
  }

  async markBlob(blobNo: number): Promise<void> {
    await markBlob(this.#session, blobNo);
  }

  async compare(step: RowStep): Promise<void> {
    // A plan for tables that nobody has counted yet may read each of them once a row.
    await this.#session.exec("ANALYZE");
    await compareRows(this.#source, this.#session, this.tables, step);
  }

  /** The last step, all of it or nothing: numbers go on after the last, the secret is there, and servers may start. */
  async finish(secret: SecretRow): Promise<void> {
    const parts = [
      this.#session.exec("BEGIN; SET LOCAL synchronous_commit = on"),
      ...(await this.#numbers()),
      this.#session.query("INSERT INTO secrets (name, bytes) VALUES ($1, $2)", [secret.name, secret.bytes]),
      this.#session.exec(`DROP TABLE ${MOVING}; COMMIT`),
    ];
    const failed = (await Promise.allSettled(parts)).find((part) => part.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  async #numbers(): Promise<Promise<unknown>[]> {
    const { rows } = await this.#session.exec(
      "SELECT c.relname AS name, a.attname AS column, pg_get_serial_sequence(c.relname, a.attname) AS sequence " +
        "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attidentity <> '' AND c.relnamespace = current_schema()::regnamespace",
    );
    return (rows as { name: string; column: string; sequence: string }[]).map(({ name, column, sequence }) =>
      this.#session.exec(
        `SELECT setval('${sequence}', coalesce(max(${column}), 1), max(${column}) IS NOT NULL) FROM ${name}`,
      ),
    );
  }
}
