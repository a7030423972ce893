import { StairwellError } from "@stairwell/protocol";
import { adoptKeys, type Descriptor, isPublishedTestKey, revokedIn, type ServerKey } from "@stairwell/protocol/signing";
import type { Tx } from "../db/index.ts";
import { verifyEd25519 } from "../lib/ed25519.ts";
import type { Peer } from "./peer.ts";
import { countPeers, findPeer, savePeer } from "./peers.store.ts";

/** So many servers one tenant remembers. */
const MOST_PEERS = 10_000;

/** What is pinned now, and why the descriptor was not taken, if it was not. */
export type Pinned = { readonly peer: Peer; readonly fault: string | null };

/**
 * Pins the keys of a descriptor that was found right (FD3): all at first sight, later those that the pinned ones
 * introduce, and any at the word of an administrator. What is not introduced changes nothing but the note of it, and that
 * pinned keys are revoked.
 * `SW_FED_PEER_UNKNOWN` for a new server beyond the 10,000 that a tenant remembers.
 */
export async function pinKeys(tx: Tx, tenantNo: number, descriptor: Descriptor): Promise<Pinned> {
  const { serverName } = descriptor;
  const known = await findPeer(tx, tenantNo, serverName);
  if (known === undefined && (await countPeers(tx, tenantNo)) >= MOST_PEERS) {
    throw new StairwellError("SW_FED_PEER_UNKNOWN", {
      message: "No more servers can be remembered here.",
      rule: "FD3",
    });
  }
  const before = known ?? unseen(serverName, tx.now);
  const adopted = adoptedFrom(before, descriptor, tx.now);
  if ("fault" in adopted) {
    const keys = revokedIn(before.keys, descriptor.keys);
    const peer = { ...before, keys, keyFault: adopted.fault, lastError: adopted.fault };
    const isNews = before.keyFault !== adopted.fault || keys !== before.keys;
    if (known !== undefined && isNews) await savePeer(tx, tenantNo, peer);
    return { peer, fault: adopted.fault };
  }
  const trustedKey = hasKey(adopted.keys, before.trustedKey) ? null : before.trustedKey;
  const peer = { ...before, keys: adopted.keys, trustedKey, keyFault: null, refreshedAt: tx.now, lastError: null };
  await savePeer(tx, tenantNo, peer);
  return { peer, fault: null };
}

/** A server of which there is nothing but its name yet. */
export function unseen(serverName: string, now: number): Peer {
  const nothing = { trustedKey: null, keyFault: null, refreshedAt: null, lastError: null };
  return { serverName, keys: [], firstSeen: now, ...nothing };
}

type Taken = { readonly keys: readonly ServerKey[] } | { readonly fault: string };

function adoptedFrom({ keys, trustedKey }: Peer, descriptor: Descriptor, now: number): Taken {
  const published = descriptor.keys.find(({ publicKey }) => isPublishedTestKey(publicKey));
  if (published !== undefined)
    return { fault: `the key ${published.keyId} stands in a published text, private half and all` };
  const current = descriptor.keys.find(({ keyId }) => keyId === descriptor.keyId)!;
  if (trustedKey === null) return adoptKeys(descriptor.serverName, keys, descriptor.keys, verifyEd25519);
  if (current.publicKey !== trustedKey) {
    const adopted =
      keys.length === 0 ? undefined : adoptKeys(descriptor.serverName, keys, descriptor.keys, verifyEd25519);
    return adopted ?? { fault: "its key is not the one that an administrator vouched for" };
  }
  return { keys: replaced(keys, adoptedAnew(descriptor), now) };
}

function adoptedAnew({ serverName, keys }: Descriptor): readonly ServerKey[] {
  const adopted = adoptKeys(serverName, [], keys, verifyEd25519);
  if ("fault" in adopted) throw new Error("a first sight cannot be refused");
  return adopted.keys;
}

/** The new keys, and of the old ones those whose ids they leave free: revoked, so that only what was seen before stays. */
function replaced(before: readonly ServerKey[], now: readonly ServerKey[], at: number): ServerKey[] {
  const gone = before.filter(({ keyId }) => !now.some((key) => key.keyId === keyId));
  return [...gone.map((key) => ({ ...key, revokedAt: key.revokedAt ?? at })), ...now];
}

function hasKey(keys: readonly ServerKey[], publicKey: string | null): boolean {
  return keys.some((key) => key.publicKey === publicKey);
}
