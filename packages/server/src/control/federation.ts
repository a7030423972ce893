import { Type } from "@stairwell/protocol/schema";
import type { ServerKey } from "@stairwell/protocol/signing";
import { OPERATOR } from "../audit/index.ts";
import { wireTime, wireTimeOrNull } from "../lib/clock.ts";
import { listPeers, type Peer, trustKey } from "../peers/index.ts";
import { listKeys, revokeKey, rotateKey, type TenantKey } from "../tenants/index.ts";
import { ControlError } from "./control-error.ts";
import { operation } from "./operation.ts";
import { requireTenant } from "./tenants.ts";

/** A key as it is published: nothing of its private half. */
export interface KeyInfo {
  key_id: string;
  /** `ed25519:` and the 32 bytes in base64, for administrators of other servers to compare. */
  public_key: string;
  valid_from: string;
  valid_until: string | null;
  revoked_at: string | null;
  /** The older key that other servers follow to this one; null where their administrators have to trust it. */
  introduced_by: string | null;
  in_use: boolean;
}

export interface IdentityInfo {
  server_name: string;
  /** The oldest first. */
  keys: KeyInfo[];
}

/** Another server, as the tenant knows it. */
export interface PeerInfo {
  server_name: string;
  keys: Omit<KeyInfo, "introduced_by" | "in_use">[];
  first_seen: string;
  refreshed_at: string | null;
  /** A key that an administrator vouches for, and that the other server has not shown yet. */
  trusted_key: string | null;
  /** Why its present keys are not taken. */
  key_fault: string | null;
  last_error: string | null;
}

const OfTenant = Type.Object({ tenant: Type.String() });
const MOST_PEERS = 10_000;

export const keyShow = operation({
  input: OfTenant,
  run: ({ db }, { tenant: slug }): Promise<IdentityInfo> =>
    db.snapshot(async (reader) => {
      const tenant = await requireTenant(reader, slug);
      return identityOf(tenant.serverName, await listKeys(reader, tenant.tenantNo));
    }),
});

/** A new key, used at once; the one before admits new things for 30 days more. */
export const keyRotate = operation({
  input: OfTenant,
  async run({ db }, { tenant: slug }): Promise<IdentityInfo> {
    const tenant = await requireTenant(db, slug);
    return identityOf(tenant.serverName, await db.write(tenant, (tx) => rotateKey(tx, tenant, OPERATOR)));
  },
});

/** A key that admits nothing any more; another takes its place where it was in use. */
export const keyRevoke = operation({
  input: Type.Object({ tenant: Type.String(), key_id: Type.String() }),
  async run({ db }, { tenant: slug, key_id }): Promise<IdentityInfo & { replaced_by: string | null }> {
    const tenant = await requireTenant(db, slug);
    const { keys, replacedBy } = await db.write(tenant, (tx) => revokeKey(tx, tenant, key_id, OPERATOR));
    return { ...identityOf(tenant.serverName, keys), replaced_by: replacedBy?.keyId ?? null };
  },
});

export const peerList = operation({
  input: OfTenant,
  run: ({ db }, { tenant: slug }): Promise<PeerInfo[]> =>
    db.snapshot(async (reader) => {
      const { tenantNo } = await requireTenant(reader, slug);
      return (await listPeers(reader, tenantNo, "", MOST_PEERS)).map(peerInfo);
    }),
});

/** Vouches for another server's key, so that it takes the place of what is pinned (FD3). */
export const peerTrust = operation({
  input: Type.Object({ tenant: Type.String(), server_name: Type.String(), public_key: Type.String() }),
  async run({ db }, { tenant: slug, server_name: serverName, public_key }): Promise<PeerInfo> {
    const { tenantNo } = await requireTenant(db, slug);
    const publicKey = /^ed25519:(.+)$/.exec(public_key)?.[1];
    if (publicKey === undefined) throw new ControlError("usage", "The public key is given as ed25519:BASE64.");
    const key = { serverName, publicKey };
    return peerInfo(await db.write({ tenantNo }, (tx) => trustKey(tx, tenantNo, key, OPERATOR)));
  },
});

function identityOf(serverName: string, keys: readonly TenantKey[]): IdentityInfo {
  const inUse = keys.findLast(({ validUntil, revokedAt }) => validUntil === null && revokedAt === null);
  return {
    server_name: serverName,
    keys: keys.map((key) => ({
      ...published(key),
      introduced_by: key.introducedBy?.keyId ?? null,
      in_use: key.keyId === inUse?.keyId,
    })),
  };
}

function peerInfo(peer: Peer): PeerInfo {
  return {
    server_name: peer.serverName,
    keys: peer.keys.map(published),
    first_seen: wireTime(peer.firstSeen),
    refreshed_at: wireTimeOrNull(peer.refreshedAt),
    trusted_key: peer.trustedKey === null ? null : `ed25519:${peer.trustedKey}`,
    key_fault: peer.keyFault,
    last_error: peer.lastError,
  };
}

function published({ keyId, publicKey, validFrom, validUntil, revokedAt }: ServerKey) {
  return {
    key_id: keyId,
    public_key: `ed25519:${publicKey}`,
    valid_from: wireTime(validFrom),
    valid_until: wireTimeOrNull(validUntil),
    revoked_at: wireTimeOrNull(revokedAt),
  };
}
