import { invalid } from "@stairwell/protocol";
import { isPeerName, isPublishedTestKey, publicKeyFault } from "@stairwell/protocol/signing";
import { type AuditEntry, record } from "../audit/index.ts";
import type { Tx } from "../db/index.ts";
import type { Peer } from "./peer.ts";
import { findPeer, savePeer } from "./peers.store.ts";
import { unseen } from "./pin-keys.ts";

/**
 * Vouches for the public key (base64) of another server, known or not (FD3): the next descriptor that is signed by it
 * takes the place of what was pinned. `SW_REQUEST_INVALID` for what is no server name or no proper key.
 */
export async function trustKey(
  tx: Tx,
  tenantNo: number,
  { serverName, publicKey }: { serverName: string; publicKey: string },
  by: AuditEntry["actor"],
): Promise<Peer> {
  if (!isPeerName(serverName)) throw invalid("/server_name", "is no server name");
  const bytes = Buffer.from(publicKey, "base64");
  if (bytes.toString("base64") !== publicKey || publicKeyFault(bytes) !== undefined || isPublishedTestKey(publicKey)) {
    throw invalid("/public_key", "is no public key: 32 bytes in base64, as the other server shows it");
  }
  const before = (await findPeer(tx, tenantNo, serverName)) ?? unseen(serverName, tx.now);
  if (before.trustedKey === publicKey) return before;
  // Asked for again at once: what was learned by the old keys is no longer fresh.
  const peer = { ...before, trustedKey: publicKey, refreshedAt: null };
  await savePeer(tx, tenantNo, peer);
  const details = { server_name: serverName, public_key: `ed25519:${publicKey}` };
  await record(tx, { tenantNo, action: "peer.trust", actor: by, details });
  return peer;
}
