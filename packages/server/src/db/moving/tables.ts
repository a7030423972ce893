import type { Reader } from "../port.ts";
import type { Session } from "../postgres/session.ts";

/** A table of the embedded store that is moved. */
export interface MovedTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns that rows are gone over by, in their order. */
  readonly key: readonly string[];
  readonly count: number;
}

/**
 * The tables of an embedded store, each after those that it refers to, with the rows they have. They are read from the
 * store itself, so that none can be forgotten. Throws where the target has not the same columns.
 */
export async function tablesToMove(source: Reader, target: Session): Promise<MovedTable[]> {
  const found = await source.all<{ name: string }>(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_migrations' ORDER BY rowid",
  );
  const tables: MovedTable[] = [];
  for (const { name } of await inOrder(source, found)) {
    const columns = await columnsOf(source, name);
    await mustBeAlike(target, name, columns);
    const own = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
    const key = own.length > 0 ? own.map((column) => column.name) : await keyOf(target, name);
    const { count } = (await source.get<{ count: number }>(`SELECT count(*) AS count FROM ${name}`))!;
    tables.push({ name, columns: columns.map((column) => column.name), key, count });
  }
  return tables;
}

async function inOrder(source: Reader, tables: readonly { name: string }[]): Promise<{ name: string }[]> {
  const waiting = new Map<string, Set<string>>();
  for (const { name } of tables) {
    const refers = await source.all<{ table: string }>('SELECT "table" FROM pragma_foreign_key_list($1)', name);
    waiting.set(name, new Set(refers.map(({ table }) => table).filter((table) => table !== name)));
  }
  const ordered: { name: string }[] = [];
  while (waiting.size > 0) {
    const next = [...waiting].find(([, refers]) => [...refers].every((table) => !waiting.has(table)));
    if (next === undefined) throw new Error("tables refer to each other in a ring");
    waiting.delete(next[0]);
    ordered.push({ name: next[0] });
  }
  return ordered;
}

function columnsOf(source: Reader, table: string): Promise<{ name: string; pk: number }[]> {
  return source.all("SELECT name, pk FROM pragma_table_info($1) ORDER BY cid", table);
}

async function mustBeAlike(target: Session, table: string, columns: readonly { name: string }[]): Promise<void> {
  const { rows } = await target.query(
    "SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass(CAST($1 AS text)) AND attnum > 0 AND NOT attisdropped",
    [table],
  );
  const there = (rows as { name: string }[]).map(({ name }) => name);
  const wanted = columns.map(({ name }) => name);
  if (there.toSorted().join() !== wanted.toSorted().join()) {
    throw new Error(`the table ${table} has other columns in the database than in the folder: nothing can be moved`);
  }
}

async function keyOf(target: Session, table: string): Promise<string[]> {
  const { rows } = await target.query(
    "SELECT a.attname AS name FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) " +
      "WHERE i.indrelid = to_regclass(CAST($1 AS text)) AND i.indisprimary ORDER BY array_position(i.indkey::int2[], a.attnum)",
    [table],
  );
  return (rows as { name: string }[]).map(({ name }) => name);
}
