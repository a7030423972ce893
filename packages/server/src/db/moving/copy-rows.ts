import type { Reader, Value } from "../port.ts";
import type { Session } from "../postgres/session.ts";
import { type Mark, markRows } from "./mark.ts";
import type { MovedTable } from "./tables.ts";

/** Rows of a table by name of column. */
export type Row = Record<string, Value>;

export interface RowStep {
  readonly signal?: AbortSignal | undefined;
  /** Rows that one transaction takes at the most. */
  readonly batch: number;
  readonly onRows: (done: number) => void;
}

/**
 * Copies rows from where the mark says on: each batch is committed with the mark that says so, so that whatever ends
 * this process, the next one goes on after the last row that is there.
 */
export async function copyRows(
  source: Reader,
  target: Session,
  tables: readonly MovedTable[],
  mark: Mark,
  { signal, batch, onRows }: RowStep,
): Promise<void> {
  let done = mark.rows;
  const from = mark.table === null ? 0 : tables.findIndex(({ name }) => name === mark.table);
  for (const [i, table] of tables.slice(from).entries()) {
    for (let after = i === 0 ? mark.after : null; ;) {
      signal?.throwIfAborted();
      const rows = await pageOf(source, table, after, batch);
      const last = rows.at(-1);
      if (last === undefined) break;
      after = table.key.map((column) => last[column]!);
      done += rows.length;
      await commit(target, table, rows, () => markRows(target, { table: table.name, after, rows: done }));
      onRows(done);
    }
  }
}

/** The rows of a table after a key, in its order. */
export function pageOf(
  source: Reader,
  { name, columns, key }: MovedTable,
  after: readonly Value[] | null,
  limit: number,
): Promise<Row[]> {
  const list = key.join(", ");
  const beyond = after === null ? "" : `WHERE (${list}) > (${key.map((_, i) => `$${i + 1}`).join(", ")})`;
  const sql = `SELECT ${columns.join(", ")} FROM ${name} ${beyond} ORDER BY ${list} LIMIT ${limit}`;
  return source.all<Row>(sql, ...(after ?? []));
}

async function commit(
  target: Session,
  table: MovedTable,
  rows: readonly Row[],
  mark: () => Promise<unknown>,
): Promise<void> {
  const parts = [target.exec("BEGIN"), insert(target, table, rows), mark(), target.exec("COMMIT")];
  const failed = (await Promise.allSettled(parts)).find((part) => part.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** Numbers that the embedded store gave are kept, also where the database would give its own. */
function insert(target: Session, { name, columns }: MovedTable, rows: readonly Row[]): Promise<unknown> {
  const marks = rows.map((_, at) => `(${columns.map((_each, i) => `$${at * columns.length + i + 1}`).join(", ")})`);
  const values = rows.flatMap((row) => columns.map((column) => row[column]!));
  const sql = `INSERT INTO ${name} (${columns.join(", ")}) OVERRIDING SYSTEM VALUE VALUES ${marks.join(", ")}`;
  return target.query(sql, values);
}
