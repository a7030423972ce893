/** Makes a row of the values that an engine answers, in the order of the statement's columns. */
export type ToRow = (values: readonly unknown[]) => Record<string, unknown>;

/**
 * Makes rows of one shape. The drivers' own rows are dictionaries, or are filled key by key, and so is any object that has
 * more than a dozen columns set one after the other; a literal written out for the statement is neither, and a hundredth of
 * the work.
 */
export function rowMaker(columns: readonly string[]): ToRow {
  const members = columns.map((column, i) => `${JSON.stringify(column)}: values[${i}]`);
  // eslint-disable-next-line typescript/no-implied-eval -- the names are those of our own statements
  return new Function("values", `return { ${members.join(", ")} };`) as ToRow;
}
