import type { Tx } from "../db/index.ts";
import { listAt, type RoomRef, type StoredEvent } from "../events/index.ts";
import { deleteOrphans, listOrphans } from "./orphans.store.ts";

/** The events that waited for one that is here now, in the order of the log; they wait no more. */
export async function adopt(tx: Tx, ref: RoomRef, { eventId }: StoredEvent): Promise<StoredEvent[]> {
  const positions = await listOrphans(tx, ref, eventId);
  if (positions.length === 0) return [];
  await deleteOrphans(tx, ref, eventId);
  return listAt(tx, ref, positions, "forward");
}
