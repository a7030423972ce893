import type { Reader, Value } from "../port.ts";
import type { Session } from "../postgres/session.ts";
import { pageOf, type Row, type RowStep } from "./copy-rows.ts";
import type { MovedTable } from "./tables.ts";

/**
 * Reads every row of both stores, and answers how many each table has. Throws for the first that is not the same in both:
 * with them the heads of all logs are the same, and what they rest on.
 */
export async function compareRows(
  source: Reader,
  target: Session,
  tables: readonly MovedTable[],
  { signal, batch, onRows }: RowStep,
): Promise<void> {
  let done = 0;
  for (const table of tables) {
    await target.exec(
      `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; DECLARE moved CURSOR FOR SELECT ${table.columns.join(", ")} ` +
        `FROM ${table.name} ORDER BY ${table.key.join(", ")}`,
    );
    for (let after: Value[] | null = null; ;) {
      signal?.throwIfAborted();
      const wanted: Row[] = await pageOf(source, table, after, batch);
      const { rows } = await target.exec(`FETCH ${batch} FROM moved`);
      mustBeSame(table, wanted, rows as Row[]);
      const last = wanted.at(-1);
      if (last === undefined) break;
      after = table.key.map((column) => last[column]!);
      done += wanted.length;
      onRows(done);
    }
    await target.exec("COMMIT");
  }
}

function mustBeSame({ name, columns, key }: MovedTable, wanted: readonly Row[], found: readonly Row[]): void {
  for (let i = 0; i < Math.max(wanted.length, found.length); i++) {
    const [there, here] = [wanted[i], found[i]];
    const other = columns.find((column) => !isSame(there?.[column], here?.[column]));
    if (other === undefined) continue;
    const at = key.map((column) => `${column} ${String((there ?? here)![column])}`).join(", ");
    throw new Error(
      `the row of ${name} at ${at} is not the same in both stores (${other}): drop the database, and begin again with an empty one`,
    );
  }
}

function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  return a !== undefined && a === b;
}
