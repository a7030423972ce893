import { StairwellError } from "@stairwell/protocol";
import { findHead } from "../../events/index.ts";
import { findRoom, type StoredRoom } from "../../state/index.ts";
import { checkHead } from "../heads.ts";
import { saveReplicaHead } from "../replicas.store.ts";
import { checkEvents } from "./check-events.ts";
import { follow } from "./follow.ts";
import type { HubPeer, ReplicaParts } from "./peer.ts";
import { readBackfill } from "./read-backfill.ts";

/** Events asked for at a time, and how often at one occasion: what is still missing then is fetched at the next. */
const PAGE = 500;
const MOST_PAGES = 200;

/** Fetches what a replica misses up to a position, page by page, each checked and kept before the next is asked for. */
export async function fetchGap(parts: ReplicaParts, peer: HubPeer, at: StoredRoom, upTo: number): Promise<void> {
  const { tenant, serverName, keyOf } = peer;
  for (let page = 0; page < MOST_PAGES; page++) {
    const end = (await findHead(parts.db, at))!;
    if (end.position >= upTo) return;
    const target = `/rooms/${encodeURIComponent(at.roomId)}/backfill?after=${end.position}&limit=${PAGE}`;
    const { events, head } = readBackfill(await parts.get(tenant, serverName, target));
    const last = events.at(-1);
    if (last === undefined || head?.hash !== last.hash || head.position !== last.envelope.position) break;
    await checkHead(keyOf, head);
    const came = await checkEvents(parts.keyAt(tenant.tenantNo), at.roomId, serverName, end, events);
    await parts.db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
      const now = (await findRoom(tx, tenant.tenantNo, at.roomId))!;
      const present = (await findHead(tx, now))!;
      await follow(
        tx,
        parts,
        tenant,
        now,
        now.room,
        came.filter(({ position }) => position > present.position),
      );
      await saveReplicaHead(tx, now, head);
    });
  }
  throw new StairwellError("SW_FED_PEER_UNREACHABLE", {
    message: "The hub did not give what is missing.",
    rule: "FD12",
  });
}
