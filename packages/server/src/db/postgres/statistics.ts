import { Session, type SessionOptions } from "./session.ts";

/** Commands before the first look; each later one comes after twice as many. */
const FIRST_LOOK = 500;
/** Whoever else has the table for longer, as `stairwell scrub`, is not waited for. */
const SETTINGS = { lock_timeout: 1000 };
/** A table this small is read through as quickly as by any plan. */
const LEAST_BYTES = 65_536;

const GROWN = `SELECT c.relname FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid
  WHERE s.schemaname = current_schema() AND pg_relation_size(c.oid) > ${LEAST_BYTES}
    AND (coalesce(s.last_analyze, s.last_autoanalyze) IS NULL
      OR pg_relation_size(c.oid) > 2 * c.relpages * CAST(current_setting('block_size') AS BIGINT))`;

/**
 * Has PostgreSQL count a table anew once it has doubled. Its own autovacuum looks once a minute; until then connections go
 * on with plans that were made while a table was nearly empty, for which it is all the same by which index a row is found,
 * and which then read all of a tenant or a room for one row. Counting anew makes every connection plan anew.
 */
export class Statistics {
  readonly #options: SessionOptions;
  #commands = 0;
  #nextLook = FIRST_LOOK;
  #looking: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    this.#options = { ...options, settings: { ...options.settings, ...SETTINGS } };
  }

  /** So many commands were committed. Never waits; a look that fails is left to the next. */
  written(commands: number): void {
    this.#commands += commands;
    this.#lookIfDue();
  }

  /** What falls due during a look is looked at after it. */
  #lookIfDue(): void {
    if (this.#commands < this.#nextLook || this.#looking !== undefined) return;
    this.#nextLook = 2 * this.#commands;
    this.#looking = this.look()
      .catch(() => {})
      .finally(() => {
        this.#looking = undefined;
        this.#lookIfDue();
      });
  }

  /** As `written`, where one command writes as much as many. */
  wroteMuch(): void {
    this.written(FIRST_LOOK);
  }

  /** Looks now, and counts what has grown. */
  async look(): Promise<void> {
    const session = await Session.open(this.#options);
    try {
      const { rows } = await session.exec(GROWN);
      for (const { relname } of rows as { relname: string }[]) await session.exec(`ANALYZE ${relname}`);
    } finally {
      await session.close();
    }
  }

  /** After what is under way; nothing is looked at after it. */
  async close(): Promise<void> {
    this.#nextLook = Infinity;
    await this.#looking;
  }
}
