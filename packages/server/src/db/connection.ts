import { DatabaseSync, type StatementSync } from "node:sqlite";
import { checked } from "./bindable.ts";
import type { Value } from "./port.ts";

/** A statement, and how a row is made of the values it answers. */
interface Prepared {
  readonly statement: StatementSync;
  readonly toRow: (values: readonly unknown[]) => Row;
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

type Row = Record<string, unknown>;

/**
 * Makes rows of one shape. node:sqlite's own rows are dictionaries, and so is any object that is filled key by key with
 * more than a dozen columns; a literal written out for the statement is neither, and a hundredth of the work.
 */
function rowMaker(columns: readonly string[]): Prepared["toRow"] {
  const members = columns.map((column, i) => `${JSON.stringify(column)}: values[${i}]`);
  // eslint-disable-next-line typescript/no-implied-eval -- the names are those of our own statements
  return new Function("values", `return { ${members.join(", ")} };`) as Prepared["toRow"];
}
