import type { Reader, Value } from "../port.ts";
import { isLost, isSilence, postgresFault } from "./faults.ts";
import type { Session, SessionOptions } from "./session.ts";
import { Slots } from "./slots.ts";

/** Snapshots at one time, as of the embedded store: each holds back what deleted rows leave. */
const MOST = 8;

/** Lends connections to snapshots: one each. */
export class PostgresSnapshots {
  readonly #slots: Slots;

  constructor(options: SessionOptions) {
    this.#slots = new Slots(options, MOST);
  }

  /** Runs several reads of one moment. They must not ask for a snapshot themselves: all might wait for each other. */
  take<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    return this.#slots.with(async (slot) => {
      const open = async (): Promise<Session> => {
        try {
          return await slot.session();
        } catch (error) {
          throw postgresFault(error) ?? error;
        }
      };
      const reading = new Reading(await open(), open);
      try {
        return await work(reading);
      } finally {
        if (!(await reading.end())) await slot.drop();
      }
    });
  }

  /** After the last snapshot. */
  close(): Promise<void> {
    return this.#slots.close();
  }
}

/**
 * One moment: that of the first read. Its beginning goes out with that read, so that a snapshot of one costs one trip; so do
 * several that are asked for at once.
 */
class Reading implements Reader {
  #session: Session;
  /** Answers a connection that is not lost. */
  readonly #open: () => Promise<Session>;
  #begun: Promise<unknown> | undefined;
  /** Another connection, after the first was lost while nothing was seen yet. */
  #afresh: Promise<void> | undefined;
  #hasSeen = false;
  #hasFailed = false;

  constructor(session: Session, open: () => Promise<Session>) {
    this.#session = session;
    this.#open = open;
  }

  async get<Row>(sql: string, ...values: Value[]): Promise<Row | undefined> {
    return (await this.#read(sql, values))[0] as Row | undefined;
  }

  async all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    return (await this.#read(sql, values)) as Row[];
  }

  /** Answers whether the connection is as it was before. */
  async end(): Promise<boolean> {
    if (this.#begun === undefined) return true;
    if (!this.#hasFailed) await this.#session.exec("COMMIT").catch(() => (this.#hasFailed = true));
    return !this.#hasFailed;
  }

  async #read(sql: string, values: readonly Value[]): Promise<unknown[]> {
    const isFirst = this.#afresh === undefined;
    try {
      return await this.#ask(sql, values);
    } catch (error) {
      // A connection that was lost while it had nothing to do is no reason to fail.
      if (!isLost(error) || isSilence(error) || this.#hasSeen || !isFirst) throw postgresFault(error) ?? error;
    }
    await (this.#afresh ??= this.#beginAfresh());
    try {
      return await this.#ask(sql, values);
    } catch (error) {
      throw postgresFault(error) ?? error;
    }
  }

  async #beginAfresh(): Promise<void> {
    this.#session = await this.#open();
    this.#begun = undefined;
    this.#hasFailed = false;
  }

  async #ask(sql: string, values: readonly Value[]): Promise<unknown[]> {
    const session = this.#session;
    if (this.#begun === undefined) {
      this.#begun = session.exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      this.#begun.catch(() => session === this.#session && (this.#hasFailed = true));
    }
    try {
      const { rows } = await session.query(sql, values);
      this.#hasSeen = true;
      return rows;
    } catch (error) {
      if (session === this.#session) this.#hasFailed = true;
      throw error;
    }
  }
}
