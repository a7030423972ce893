import type { Reader } from "../../db/index.ts";
import { findHead } from "../../events/index.ts";
import type { StoredRoom } from "../../state/index.ts";
import { type Backfill, fit, type Range } from "../hub/backfill.ts";
import { findReplica } from "../rows/replicas.store.ts";
import { listWireEvents } from "../wire/wire-event.ts";

const NOTHING: Backfill = { events: [], head: null };

/**
 * What a replica has of its hub's log after a position, for that hub itself, which has lost it (FD17): with the newest head
 * that it had signed, which covers more than one answer has.
 */
export async function giveBack(
  reader: Reader,
  at: StoredRoom,
  { after, limit }: Pick<Range, "after" | "limit">,
): Promise<Backfill> {
  const replica = await findReplica(reader, at);
  const end = await findHead(reader, at);
  const isHere = replica?.oldestPosition != null && after !== undefined && after >= replica.oldestPosition;
  if (!isHere || end === undefined || replica.head === null || after >= end.position) return NOTHING;
  const range = { from: after + 1, to: Math.min(end.position, after + limit), limit, sight: { from: 1 } };
  return { events: fit(await listWireEvents(reader, at, range)), head: replica.head };
}
