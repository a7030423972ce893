/** Characters of content that one page carries: an answer that nobody takes is memory that nobody gets back. */
export const PAGE_CHARACTERS = 1024 * 1024;

/** The first items of a list that fit a page: at least one, at most `limit`, and no more content than a page carries. */
export function fitting<T>(items: readonly T[], limit: number, lengthOf: (item: T) => number): T[] {
  let length = 0;
  const beyond = items.findIndex((item, i) => (length += lengthOf(item)) > PAGE_CHARACTERS && i > 0);
  return items.slice(0, beyond === -1 ? limit : Math.min(beyond, limit));
}
