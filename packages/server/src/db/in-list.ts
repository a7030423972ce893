/**
 * Marks and values of a list in a statement, `$FIRST, $FIRST+1, …`: padded with its first value to a power of two, so
 * that lists of all lengths share a dozen prepared statements. Not for an empty list.
 */
export function listOf(values: readonly number[], first: number): { marks: string[]; values: number[] } {
  const slots = 2 ** Math.ceil(Math.log2(values.length));
  const padded = Array.from({ length: slots }, (_, i) => values[i] ?? values[0]!);
  return { marks: padded.map((_, i) => `$${first + i}`), values: padded };
}
