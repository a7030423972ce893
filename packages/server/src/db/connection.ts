import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Value } from "./port.ts";

type Bindable = string | number | bigint | null | Uint8Array;

/** A statement, and how a row is made of the values it answers. */
interface Prepared {
  readonly statement: StatementSync;
  readonly toRow: (values: readonly unknown[]) => Row;
}

/** A connection to the embedded store with its prepared statements. */
export class Connection {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

  constructor(path: string, options: { readOnly: boolean }) {
    this.#db = new DatabaseSync(path, { readOnly: options.readOnly, enableForeignKeyConstraints: true });
    this.#db.exec(
      "PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0;",
    );
  }

  exec(sql: string): void {
    this.#db.exec(sql);
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
    return this.#db.isTransaction;
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #prepare(sql: string): Prepared {
    let prepared = this.#statements.get(sql);
    if (prepared === undefined) {
      // node:sqlite binds positional values to `?1`, not to `$1`.
      const statement = this.#db.prepare(sql.replace(/\$(\d+)/g, "?$1"));
      statement.setReturnArrays(true);
      prepared = { statement, toRow: rowMaker(statement.columns().map(({ name }) => name)) };
      this.#statements.set(sql, prepared);
    }
    return prepared;
  }
}

type Row = Record<string, unknown>;

/**
 * Makes rows of one shape. node:sqlite's own rows are dictionaries, twice as dear to make and to read; a copy of a row
 * that has every column already is an ordinary object, and filling it does not change its shape.
 */
function rowMaker(columns: readonly string[]): (values: readonly unknown[]) => Row {
  const shape: Row = {};
  for (const column of columns) shape[column] = null;
  return (values) => {
    const row = { ...shape };
    for (let i = 0; i < columns.length; i++) row[columns[i]!] = values[i];
    return row;
  };
}

function checked(values: readonly Value[]): Bindable[] {
  for (const value of values) {
    if (!isBindable(value)) throw new TypeError("a statement takes text, numbers, null and bytes only");
  }
  return values as Bindable[];
}

function isBindable(value: Value): boolean {
  switch (typeof value) {
    case "string":
    case "bigint":
      return true;
    case "number":
      // The engine has no such number, and would write NULL.
      return !Number.isNaN(value);
    default:
      return value === null || value instanceof Uint8Array;
  }
}
