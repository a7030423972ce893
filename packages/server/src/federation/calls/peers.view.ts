import type { admin as routes, DataOf } from "@stairwell/protocol/api";
import type { Reader } from "../../db/index.ts";
import { wireTimeOrNull } from "../../lib/clock.ts";
import { type FederationPolicy, findPeer, type Peer, policyOf } from "../../peers/index.ts";
import { mustAdmit } from "../must-admit.ts";
import { type Confirmed, listConfirmed, listServers, waitingFor } from "./peer-standings.store.ts";

type PeerView = DataOf<typeof routes.listFederationPeers>[number];

/** Servers that are shown. */
const MOST_PEERS = 1000;

/** Every server that a tenant knows: how it stands with it, what waits, and how far each has the rooms that are shared. */
export async function peerViews(reader: Reader, tenantNo: number): Promise<PeerView[]> {
  const policy = await policyOf(reader, tenantNo);
  const views: PeerView[] = [];
  for (const serverName of await listServers(reader, tenantNo, MOST_PEERS)) {
    const peer = await findPeer(reader, tenantNo, serverName);
    const waiting = await waitingFor(reader, tenantNo, serverName);
    const rooms = await listConfirmed(reader, tenantNo, serverName);
    const since = [waiting.since, ...rooms.map((room) => room.since)].filter((time) => time !== null);
    const due = rooms.reduce((sum, { due: upTo, confirmed }) => sum + Math.max(0, upTo - confirmed), 0);
    const lastError = peer?.keyFault ?? peer?.lastError ?? rooms.find((room) => room.lastError !== null)?.lastError;
    const isAdmitted = await isAdmittedBy(reader, tenantNo, policy, serverName);
    views.push({
      server_name: serverName,
      state: isAdmitted ? stateOf(peer, lastError ?? null) : "kept_out",
      last_seen: wireTimeOrNull(peer?.refreshedAt ?? null),
      last_error: lastError ?? null,
      queued: waiting.count + due,
      oldest_queued_at: wireTimeOrNull(since.length === 0 ? null : Math.min(...since)),
      rooms: rooms.map((room) => ({
        room_id: room.roomId,
        head: room.head,
        confirmed_position: room.confirmed,
        parked: parkedOf(room),
      })),
    });
  }
  return views;
}

async function isAdmittedBy(
  reader: Reader,
  tenantNo: number,
  policy: FederationPolicy,
  serverName: string,
): Promise<boolean> {
  if (policy.denied_peers.includes(serverName)) return false;
  return mustAdmit(reader, tenantNo, serverName).then(
    () => true,
    () => false,
  );
}

function parkedOf({ lastError, tries, nextTryAt }: Confirmed): PeerView["rooms"][number]["parked"] {
  if (lastError === null) return null;
  return { reason: lastError, tries, next_try_at: wireTimeOrNull(nextTryAt) };
}

function stateOf(peer: Peer | undefined, lastError: string | null): PeerView["state"] {
  if (peer?.keyFault != null) return "not_trusted";
  return lastError === null ? "ok" : "failing";
}
