import { StairwellError } from "@stairwell/protocol";
import { envelopeHash, findEventAt, isCounted } from "../../events/index.ts";
import { findRoom } from "../../state/index.ts";
import type { Tenant } from "../../tenants/index.ts";
import { findReplica, saveOldestPosition } from "../rows/replicas.store.ts";
import { checkEvents } from "./check-events.ts";
import { checkAlone, checkPlaces } from "./check-place.ts";
import { introduce } from "./introduce.ts";
import type { ReplicaParts } from "./peer.ts";
import { readBackfill } from "./read-backfill.ts";

/** What fetching older history has brought. */
export interface Fetched {
  readonly fetched: number;
  readonly stored: number;
  readonly rejected: number;
  readonly oldest_position: number;
  readonly has_more: boolean;
}

/**
 * Fetches events from before those of a replica (FD12), and keeps them where their chain ends right before the oldest that
 * is here; nothing of them where it does not. At the room's own server there is nothing to fetch. `SW_ROOM_NOT_FOUND`;
 * else as asking another server fails.
 */
export async function fetchHistory(
  parts: ReplicaParts,
  tenant: Tenant,
  roomId: string,
  limit: number,
): Promise<Fetched> {
  const { db } = parts;
  const stored = await findRoom(db, tenant.tenantNo, roomId);
  if (stored === undefined) throw new StairwellError("SW_ROOM_NOT_FOUND");
  const oldest = (await findReplica(db, stored))?.oldestPosition ?? 0;
  const nothing = { fetched: 0, stored: 0, rejected: 0, oldest_position: oldest, has_more: oldest > 1 };
  if (stored.hub === tenant.serverName || oldest <= 1) return nothing;
  const target = `/rooms/${encodeURIComponent(roomId)}/backfill?before=${oldest}&limit=${limit}`;
  const { events } = readBackfill(await parts.get(tenant, stored.hub, target));
  const fetched = events.length;
  if (fetched === 0) return nothing;
  const first = (await findEventAt(db, stored, oldest))!;
  const rejected = { ...nothing, fetched, rejected: fetched };
  try {
    const keyAt = parts.keyAt(tenant.tenantNo, stored.hub);
    const came = await checkEvents(keyAt, roomId, stored.hub, undefined, events, { live: false });
    const last = came.at(-1)!;
    const isBefore = last.position === oldest - 1 && envelopeHash(stored.roomId, first, last.hash) === first.hash;
    if (!isBefore) return rejected;
    return await db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
      const present = (await findReplica(tx, stored))?.oldestPosition;
      if (present !== oldest) return { ...nothing, fetched };
      await checkPlaces(tx, tenant, stored, came);
      await checkAlone(tx, stored, came);
      await introduce(
        tx,
        tenant,
        came.flatMap(({ sender, actedBy }) => [sender, actedBy]),
      );
      const kept = await parts.log.prepend(tx, stored, stored.room, came, {
        ordinal: first.ordinal - (isCounted(first) ? 1 : 0),
      });
      const oldest_position = came[0]!.position;
      await saveOldestPosition(tx, stored, oldest_position);
      return { fetched, stored: kept, rejected: 0, oldest_position, has_more: oldest_position > 1 };
    });
  } catch (error) {
    if (error instanceof StairwellError && error.code === "SW_FED_SIGNATURE") return rejected;
    throw error;
  }
}
