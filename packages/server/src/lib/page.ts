import { LIMITS } from "@stairwell/protocol";
import type { CursorKey, Cursors, CursorScope } from "./cursor.ts";

/** How many rows a list has, exact up to the bound that every list shares (AP7). */
export type Total = { total: number } | { total: number; total_at_least: true };

/** `counted` is a count that stopped at the bound and one. */
export function totalOf(counted: number): Total {
  return counted > LIMITS.exactTotal ? { total: LIMITS.exactTotal, total_at_least: true } : { total: counted };
}

/** `meta` of a list; `next` is the sort key of the page's last row, if there are more. */
export function pageMeta(
  cursors: Cursors,
  scope: CursorScope,
  page: { next: CursorKey | undefined; total: Total },
): { has_more: boolean; next_cursor: string | null } & Total {
  const next_cursor = page.next === undefined ? null : cursors.encode(scope, page.next);
  return { has_more: next_cursor !== null, next_cursor, ...page.total };
}
