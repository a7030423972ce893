import type { Address } from "../load/plan.ts";

interface Page<T> {
  data: T[];
  meta: { has_more: boolean; next_cursor: string | null };
}

/** Reads a list to its end, page by page; throws on any status but 200. `path` has a query already. */
export async function readList<T>(
  { host, port }: Address,
  token: string,
  path: string,
  cursorKey: "from" | "cursor",
  start: string | null = null,
): Promise<T[]> {
  const items: T[] = [];
  let cursor = start;
  do {
    const query = cursor === null ? "" : `&${cursorKey}=${encodeURIComponent(cursor)}`;
    const response = await fetch(`http://${host}:${port}${path}${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
    const page = JSON.parse(text) as Page<T>;
    for (const item of page.data) items.push(item);
    cursor = page.meta.next_cursor;
  } while (cursor !== null);
  return items;
}
