import type { Connection } from "./connection.ts";
import type { Reader, Value } from "./port.ts";

/**
 * Snapshots at one time. They all run on one thread, so more of them would end none sooner, and each has files open and
 * a cache of its own: a thousand commands of one group may all want to read at the same moment.
 */
const MOST = 8;

/** Lends connections to snapshots: one each, since two that share one would interleave at their awaits. */
export class Snapshots {
  readonly #open: () => Connection;
  readonly #idle: Connection[] = [];
  /** Those who wait for a connection, in the order they came. */
  readonly #waiting: ((connection: Connection) => void)[] = [];
  #opened = 0;

  constructor(open: () => Connection) {
    this.#open = open;
  }

  /** Runs several reads of one moment. They must not ask for a snapshot themselves: all might wait for each other. */
  async take<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    const connection = this.#idle.pop() ?? (this.#opened < MOST ? this.#another() : await this.#next());
    try {
      connection.exec("BEGIN");
      return await work(readerOn(connection));
    } finally {
      // A fault of the store may have ended it already.
      if (connection.isInTransaction) connection.exec("COMMIT");
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(connection);
      else next(connection);
    }
  }

  /** After the last snapshot. */
  close(): void {
    for (const connection of this.#idle) connection.close();
  }

  #another(): Connection {
    const connection = this.#open();
    this.#opened++;
    return connection;
  }

  #next(): Promise<Connection> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** What one connection reads. */
function readerOn(connection: Connection): Reader {
  return {
    get: async <Row>(sql: string, ...values: Value[]) => connection.get(sql, values) as Row | undefined,
    all: async <Row>(sql: string, ...values: Value[]) => connection.all(sql, values) as Row[],
  };
}
