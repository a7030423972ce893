import { StairwellError } from "@stairwell/protocol";
import { findHead } from "../../events/index.ts";
import { findRoom, type StoredRoom } from "../../state/index.ts";
import { checkHead } from "../wire/heads.ts";
import { findReplicaState, saveReplicaHead } from "../rows/replicas.store.ts";
import { checkAgainstLog } from "./check-against-log.ts";
import { checkEvents } from "./check-events.ts";
import { frozen } from "./conflict.ts";
import { follow } from "./follow.ts";
import { inTurn } from "./gaps.ts";
import type { HubPeer, ReplicaParts } from "./peer.ts";
import { readBackfill } from "./read-backfill.ts";

/** Events asked for at a time, and how often at one occasion: what is still missing then is fetched at the next. */
const PAGE = 500;
const MOST_PAGES = 200;

/**
 * Fetches what a replica misses up to a position, page by page, each checked and kept before the next is asked for; once
 * at a time for a room. Errors as asking another server fails, `SW_FED_SIGNATURE`, and `SW_ROOM_FROZEN` after a conflict.
 */
export function fetchGap(parts: ReplicaParts, peer: HubPeer, at: StoredRoom, upTo: number): Promise<void> {
  return inTurn(parts.gaps, peer.serverName, at, () => fetchPages(parts, peer, at, upTo));
}

/** As `fetchGap`, all that the hub has: after our store was restored, nobody knows how much that is (FD17). */
export function fetchRest(parts: ReplicaParts, peer: HubPeer, at: StoredRoom): Promise<void> {
  return fetchGap(parts, peer, at, Infinity);
}

async function fetchPages(parts: ReplicaParts, peer: HubPeer, at: StoredRoom, upTo: number): Promise<void> {
  const { tenant, serverName, keyOf } = peer;
  for (let page = 0; page < MOST_PAGES; page++) {
    const end = (await findHead(parts.db, at))!;
    if (end.position >= upTo) return;
    const target = `/rooms/${encodeURIComponent(at.roomId)}/backfill?after=${end.position}&limit=${PAGE}`;
    const { events, head } = readBackfill(await parts.get(tenant, serverName, target));
    const last = events.at(-1);
    if (last === undefined && upTo === Infinity) return;
    const isCovered =
      head?.room_id === at.roomId && head.hash === last?.hash && head.position === last.envelope.position;
    if (last === undefined || !isCovered) break;
    await checkHead(keyOf, head);
    await checkAgainstLog(parts, tenant, at, events, head);
    const came = await checkEvents(parts.keyAt(tenant.tenantNo, serverName), at.roomId, serverName, end, events, {
      live: true,
    });
    await parts.db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
      const now = (await findRoom(tx, tenant.tenantNo, at.roomId))!;
      if ((await findReplicaState(tx, now)) === "conflict") throw frozen();
      const present = (await findHead(tx, now))!;
      const next = came.filter(({ position }) => position > present.position);
      await follow(tx, parts, tenant, now, now.room, next);
      // What came the usual way meanwhile may have brought a newer one.
      if (next.length > 0) await saveReplicaHead(tx, now, head);
    });
  }
  throw new StairwellError("SW_FED_PEER_UNREACHABLE", {
    message: "The hub did not give what is missing.",
    rule: "FD12",
  });
}
