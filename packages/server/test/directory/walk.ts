import assert from "node:assert/strict";
import { assertOk, type Person } from "@stairwell/testing";

type Row = Readonly<Record<string, unknown>>;

/**
 * Reads a list page by page to its end, while `disturb` runs beside the reading of each page. Answers the rows in the
 * order in which they came.
 */
export async function walk(
  who: Person,
  path: string,
  limit: number,
  disturb: (page: number) => Promise<unknown> = () => Promise.resolve(),
): Promise<Row[]> {
  const rows: Row[] = [];
  const joiner = path.includes("?") ? "&" : "?";
  let cursor = "";
  for (let page = 0; ; page++) {
    assert(page < 1000, "the walk does not end");
    const [answer] = await Promise.all([who.get(`${path}${joiner}limit=${limit}${cursor}`), disturb(page)]);
    const { data, meta } = assertOk(answer);
    rows.push(...(data as Row[]));
    if (meta.has_more !== true) {
      assert.equal(meta.next_cursor, null);
      return rows;
    }
    assert.equal(data.length, limit, "only the last page is short");
    cursor = `&cursor=${encodeURIComponent(meta.next_cursor as string)}`;
  }
}

/** Every one of these values of a key must be in the rows exactly once. */
export function assertOnceEach(rows: readonly Row[], key: string, wanted: Iterable<string>): void {
  const counts = new Map<unknown, number>();
  for (const row of rows) counts.set(row[key], (counts.get(row[key]) ?? 0) + 1);
  const wrong = [...wanted]
    .filter((value) => counts.get(value) !== 1)
    .map((value) => `${value}: ${counts.get(value) ?? 0}`);
  assert.deepEqual(wrong, [], "rows that did not come exactly once");
}
