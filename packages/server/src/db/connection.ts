import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Value } from "./port.ts";

type Bindable = string | number | bigint | null | Uint8Array;

/** A connection to the embedded store with its prepared statements. */
export class Connection {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, options: { readOnly: boolean }) {
    this.#db = new DatabaseSync(path, { readOnly: options.readOnly, enableForeignKeyConstraints: true });
    this.#db.exec("PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0;");
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  get(sql: string, values: readonly Value[]): unknown {
    return this.#prepare(sql).get(...checked(values));
  }

  all(sql: string, values: readonly Value[]): unknown[] {
    return this.#prepare(sql).all(...checked(values));
  }

  run(sql: string, values: readonly Value[]): number {
    return Number(this.#prepare(sql).run(...checked(values)).changes);
  }

  /** A fault of the store may end a transaction by itself. */
  get isInTransaction(): boolean {
    return this.#db.isTransaction;
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      // node:sqlite binds positional values to `?1`, not to `$1`.
      statement = this.#db.prepare(sql.replace(/\$(\d+)/g, "?$1"));
      this.#statements.set(sql, statement);
    }
    return statement;
  }
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
