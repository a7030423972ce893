import type { Reader, Value } from "./port.ts";

/**
 * Marks and values of a list of numbers in a statement, from `$FIRST` on: padded with its first value to a power of two, so
 * that lists of all lengths share a dozen prepared statements. Not for an empty list. Each says that it is a number, since
 * where a list stands alone nothing else does.
 */
export function listOf(values: readonly number[], first: number): { marks: string[]; values: number[] } {
  const full = padded(values);
  return { marks: full.map((_, i) => numberMark(first + i)), values: full };
}

/** Numbers a statement; each of its texts is prepared for so many at the most, by powers of two. */
const MOST = 1024;

/** Reads the rows that a list of numbers names, after the values of the rest of their key. */
export type ReadListed<Row> = (reader: Reader, key: readonly Value[], numbers: readonly number[]) => Promise<Row[]>;

/**
 * Statements about rows that a list of numbers names, from `$FIRST` on: as many as it takes, in the order of the list, none
 * for an empty one. `textOf` puts the marks after an `IN`. The marks are the key's own then, whatever is known of the table:
 * a list that is read by a subquery is joined, for which a planner without statistics reads all that the rest of the key has.
 */
export function listed<Row>(first: number, textOf: (marks: string) => string): ReadListed<Row> {
  const texts = new Map<number, string>();
  return async (reader, key, numbers) => {
    const rows: Row[] = [];
    for (let at = 0; at < numbers.length; at += MOST) {
      const values = padded(numbers.slice(at, at + MOST));
      let sql = texts.get(values.length);
      if (sql === undefined) {
        const marks = values.map((_, i) => numberMark(first + i));
        texts.set(values.length, (sql = textOf(`(${marks.join(", ")})`)));
      }
      rows.push(...(await reader.all<Row>(sql, ...key, ...values)));
    }
    return rows;
  };
}

/** As `listOf`, of texts. */
export function textListOf(values: readonly string[], first: number): { marks: string[]; values: string[] } {
  const full = padded(values);
  return { marks: full.map((_, i) => mark(first + i)), values: full };
}

/** As `listOf`, of rows of numbers: `($1, $2), ($3, $4)`. A row that pads comes twice. */
export function numberRows(rows: readonly (readonly number[])[], first: number): { marks: string; values: number[] } {
  const full = padded(rows);
  return { marks: numberMarks(full.length, rows[0]!.length, first), values: full.flat() };
}

/** Marks of so many rows of numbers, each of which says that it is one. */
export function numberMarks(rows: number, columns: number, first = 1): string {
  return marksOf(rows, columns, (i) => numberMark(first + i));
}

/** Marks of so many rows of values in a statement, `($1, $2), ($3, $4)` for two rows of two. */
export function rowMarks(rows: number, columns: number): string {
  return marksOf(rows, columns, (i) => mark(1 + i));
}

function padded<T>(values: readonly T[]): T[] {
  const slots = 2 ** Math.ceil(Math.log2(values.length));
  return Array.from({ length: slots }, (_, i) => values[i] ?? values[0]!);
}

function marksOf(rows: number, columns: number, markAt: (i: number) => string): string {
  const row = (i: number) => Array.from({ length: columns }, (_, j) => markAt(i * columns + j)).join(", ");
  return Array.from({ length: rows }, (_, i) => `(${row(i)})`).join(", ");
}

function mark(number: number): string {
  return `$${number}`;
}

function numberMark(number: number): string {
  return `CAST(${mark(number)} AS BIGINT)`;
}
