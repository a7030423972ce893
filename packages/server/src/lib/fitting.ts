/** Characters of content that one page carries: an answer that nobody takes is memory that nobody gets back. */
export const PAGE_CHARACTERS = 1024 * 1024;

/** The first items of a list that fit a page: at least one, at most `limit`, and no more content than a page carries. */
export function fitting<T>(items: readonly T[], limit: number, lengthOf: (item: T) => number): T[] {
  return within(items.slice(0, limit), PAGE_CHARACTERS, lengthOf).items;
}

/** The first items of a list that are no more than `most` together, at least one where there are any, and what they are. */
export function within<T>(
  items: readonly T[],
  most: number,
  sizeOf: (item: T) => number,
): { readonly items: T[]; readonly size: number } {
  let size = 0;
  for (const [at, item] of items.entries()) {
    const more = sizeOf(item);
    if (at > 0 && size + more > most) return { items: items.slice(0, at), size };
    size += more;
  }
  return { items: [...items], size };
}
