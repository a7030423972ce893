import type { ServerKey } from "@stairwell/protocol/signing";
import type { Reader, Tx } from "../db/index.ts";
import type { Peer } from "./peer.ts";

interface PeerRow {
  server_name: string;
  keys: string;
  trusted_key: string | null;
  key_fault: string | null;
  first_seen: number;
  refreshed_at: number | null;
  last_error: string | null;
}

const PEER = "SELECT server_name, keys, trusted_key, key_fault, first_seen, refreshed_at, last_error FROM peers";

export async function findPeer(reader: Reader, tenantNo: number, serverName: string): Promise<Peer | undefined> {
  const row = await reader.get<PeerRow>(`${PEER} WHERE tenant_no = $1 AND server_name = $2`, tenantNo, serverName);
  return row && toPeer(row);
}

/** Peers of a tenant whose name comes after a text, by name. */
export async function listPeers(reader: Reader, tenantNo: number, after: string, limit: number): Promise<Peer[]> {
  const rows = await reader.all<PeerRow>(
    `${PEER} WHERE tenant_no = $1 AND server_name > $2 ORDER BY server_name LIMIT $3`,
    tenantNo,
    after,
    limit,
  );
  return rows.map(toPeer);
}

export async function countPeers(reader: Reader, tenantNo: number): Promise<number> {
  const row = await reader.get<{ count: number }>("SELECT count(*) AS count FROM peers WHERE tenant_no = $1", tenantNo);
  return row?.count ?? 0;
}

/** Writes everything of a peer, new or known. */
export async function savePeer(tx: Tx, tenantNo: number, peer: Peer): Promise<void> {
  await tx.run(
    "INSERT INTO peers (tenant_no, server_name, keys, trusted_key, key_fault, first_seen, refreshed_at, last_error) " +
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant_no, server_name) DO UPDATE SET keys = excluded.keys, " +
      "trusted_key = excluded.trusted_key, key_fault = excluded.key_fault, refreshed_at = excluded.refreshed_at, " +
      "last_error = excluded.last_error",
    tenantNo,
    peer.serverName,
    JSON.stringify(peer.keys),
    peer.trustedKey,
    peer.keyFault,
    peer.firstSeen,
    peer.refreshedAt,
    peer.lastError,
  );
}

/** Notes why a peer that is known could not be asked, or that it was; of one that is not it keeps nothing. */
export async function noteFailure(tx: Tx, tenantNo: number, serverName: string, error: string | null): Promise<void> {
  await tx.run(
    "UPDATE peers SET last_error = $3 WHERE tenant_no = $1 AND server_name = $2",
    tenantNo,
    serverName,
    error,
  );
}

function toPeer(row: PeerRow): Peer {
  return {
    serverName: row.server_name,
    keys: JSON.parse(row.keys) as ServerKey[],
    trustedKey: row.trusted_key,
    keyFault: row.key_fault,
    firstSeen: row.first_seen,
    refreshedAt: row.refreshed_at,
    lastError: row.last_error,
  };
}
