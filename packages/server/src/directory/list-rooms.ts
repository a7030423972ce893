import { LIMITS } from "@stairwell/protocol";
import type { Actor } from "../auth/index.ts";
import type { Reader } from "../db/index.ts";
import { countPart, type Key, listPart, type Part, type RoomsQuery } from "./rooms.store.ts";

export interface RoomsFound {
  rooms: Key[];
  hasMore: boolean;
  /** Counted to one above the bound of exact totals (AP7). */
  counted: number;
}

/**
 * A page of the rooms that the caller can see (VS2): their own, and the public ones of the tenant, merged in
 * the asked order.
 */
export async function listRooms(
  reader: Reader,
  actor: Actor,
  query: RoomsQuery,
  after: Key | undefined,
  limit: number,
): Promise<RoomsFound> {
  const who = { tenantNo: actor.tenant.tenantNo, participantNo: actor.participantNo };
  const rooms: Key[] = [];
  let counted = 0;
  for (const part of partsOf(query)) {
    const found = await listPart(reader, part, who, query, after, limit + 1);
    rooms.push(...found);
    // A first page that holds all is a count by itself.
    const isAll = after === undefined && found.length <= limit;
    if (isAll) counted += found.length;
    else if (counted <= LIMITS.exactTotal) counted += await countPart(reader, part, who, query, LIMITS.exactTotal);
  }
  rooms.sort(orderOf(query));
  return { rooms: rooms.slice(0, limit), hasMore: rooms.length > limit, counted };
}

/**
 * Public rooms are listed only while open, and not to one who asks for rooms they are in. Where both are asked for, the
 * public ones need no look at whose they are.
 */
function partsOf({ state, membership }: RoomsQuery): Part[] {
  if (membership === "none") return state === "open" ? ["public of others"] : [];
  return state === "open" && membership === undefined ? ["own and unlisted", "public"] : ["own"];
}

function orderOf({ sort }: RoomsQuery): (a: Key, b: Key) => number {
  const sign = sort === "name" ? 1 : -1;
  return (a, b) => sign * (inStoreOrder(a.sortKey, b.sortKey) || a.roomNo - b.roomNo);
}

/** As the store compares: texts by their UTF-8 bytes. JavaScript's own order puts some characters before others. */
function inStoreOrder(a: Key["sortKey"], b: Key["sortKey"]): number {
  return typeof a === "number" ? a - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
}
