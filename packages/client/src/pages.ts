import type { DataOf, MetaOf, Route } from "@stairwell/protocol/api";
import type { Answer, PlainCall } from "./call.ts";

/** A row of a list. */
export type RowOf<R extends Route> = DataOf<R> extends readonly (infer Row)[] ? Row : never;

/** A page of a list. */
export interface PageOf<R extends Route> {
  readonly data: readonly RowOf<R>[];
  readonly meta: MetaOf<R>;
}

/** Follows `meta.next_cursor` to the end. A page is asked for when the one before was used up. */
export async function* pages<R extends Route>(
  route: R,
  call: PlainCall,
  request: (call: PlainCall) => Promise<Answer<R>>,
): AsyncGenerator<PageOf<R>, void, undefined> {
  const cursorName = cursorNameOf(route);
  let query = call.query;
  for (;;) {
    const page = (await request({ ...call, query })) as unknown as PageOf<R> & { meta: { next_cursor: string | null } };
    yield page;
    if (page.meta.next_cursor === null) return;
    query = { ...call.query, [cursorName]: page.meta.next_cursor };
  }
}

/** A room's history is walked by stream position, all other lists by an opaque cursor (AP7). */
function cursorNameOf(route: Route): "cursor" | "from" {
  const { properties } = (route.query ?? {}) as { properties?: Readonly<Record<string, unknown>> };
  if (properties === undefined || !("cursor" in properties || "from" in properties)) {
    throw new TypeError(`${route.operationId} is no list`);
  }
  return "cursor" in properties ? "cursor" : "from";
}
