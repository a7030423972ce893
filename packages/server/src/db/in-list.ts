/**
 * Marks and values of a list of numbers in a statement, from `$FIRST` on: padded with its first value to a power of two, so
 * that lists of all lengths share a dozen prepared statements. Not for an empty list. Each says that it is a number, since
 * where a list stands alone nothing else does.
 */
export function listOf(values: readonly number[], first: number): { marks: string[]; values: number[] } {
  const slots = 2 ** Math.ceil(Math.log2(values.length));
  const padded = Array.from({ length: slots }, (_, i) => values[i] ?? values[0]!);
  return { marks: padded.map((_, i) => `CAST($${first + i} AS BIGINT)`), values: padded };
}

/** As `listOf`, of texts. */
export function textListOf(values: readonly string[], first: number): { marks: string[]; values: string[] } {
  const slots = 2 ** Math.ceil(Math.log2(values.length));
  const padded = Array.from({ length: slots }, (_, i) => values[i] ?? values[0]!);
  return { marks: padded.map((_, i) => `$${first + i}`), values: padded };
}

/** As `listOf`, of rows of numbers: `($1, $2), ($3, $4)`. A row that pads comes twice. */
export function numberRows(rows: readonly (readonly number[])[], first: number): { marks: string; values: number[] } {
  const width = rows[0]!.length;
  const slots = 2 ** Math.ceil(Math.log2(rows.length));
  const padded = Array.from({ length: slots }, (_, i) => rows[i] ?? rows[0]!);
  return { marks: numberMarks(slots, width, first), values: padded.flat() };
}

/** Marks of so many rows of numbers, each of which says that it is one. */
export function numberMarks(rows: number, columns: number, first = 1): string {
  const mark = (i: number) => `CAST($${first + i} AS BIGINT)`;
  const row = (i: number) => Array.from({ length: columns }, (_, j) => mark(i * columns + j)).join(", ");
  return Array.from({ length: rows }, (_, i) => `(${row(i)})`).join(", ");
}

/** Marks of so many rows of values in a statement, `($1, $2), ($3, $4)` for two rows of two. */
export function rowMarks(rows: number, columns: number): string {
  const row = (i: number) => Array.from({ length: columns }, (_, j) => `$${i * columns + j + 1}`).join(", ");
  return Array.from({ length: rows }, (_, i) => `(${row(i)})`).join(", ");
}
