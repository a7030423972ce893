import { DatabaseSync, type StatementSync } from "node:sqlite";
import { checked } from "./bindable.ts";
import type { Value } from "./port.ts";
import { rowMaker, type ToRow } from "./row-maker.ts";

/** A statement, and how a row is made of the values it answers. */
interface Prepared {
  readonly statement: StatementSync;
  readonly toRow: ToRow;
}

/** How long a statement waits for another process's lock. */
export const BUSY_TIMEOUT_MS = 5000;

/** A connection to the embedded store with its prepared statements. */
export class Connection {
  protected readonly engine: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

  constructor(path: string, options: { readOnly: boolean }) {
    this.engine = new DatabaseSync(path, { readOnly: options.readOnly, enableForeignKeyConstraints: true });
    this.engine.exec(
      `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; ` +
        "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0;",
    );
  }

  exec(sql: string): void {
    this.engine.exec(sql);
  }

  get(sql: string, values: readonly Value[]): unknown {
    const { statement, toRow } = this.#prepare(sql);
    const row = statement.get(...checked(values)) as unknown[] | undefined;
    return row && toRow(row);
  }

  all(sql: string, values: readonly Value[]): unknown[] {
    const { statement, toRow } = this.#prepare(sql);
    return (statement.all(...checked(values)) as unknown as unknown[][]).map(toRow);
  }

  run(sql: string, values: readonly Value[]): number {
    return Number(this.#prepare(sql).statement.run(...checked(values)).changes);
  }

  /** A fault of the store may end a transaction by itself. */
  get isInTransaction(): boolean {
    return this.engine.isTransaction;
  }

  close(): void {
    this.#statements.clear();
    this.engine.close();
  }

  #prepare(sql: string): Prepared {
    let prepared = this.#statements.get(sql);
    if (prepared === undefined) {
      const statement = this.engine.prepare(inItsWords(sql));
      statement.setReturnArrays(true);
      prepared = { statement, toRow: rowMaker(statement.columns().map(({ name }) => name)) };
      this.#statements.set(sql, prepared);
    }
    return prepared;
  }
}

/**
 * node:sqlite binds positional values to `?1`, not to `$1`. A limit that is a bare parameter would have the engine compile the
 * statement anew with each value, at several times the price of carrying it out; what is computed is no reason for that.
 */
function inItsWords(sql: string): string {
  return sql.replace(/\bLIMIT \$/g, "LIMIT +$").replace(/\$(\d+)/g, "?$1");
}
