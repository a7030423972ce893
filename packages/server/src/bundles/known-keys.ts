import type { Reader } from "../db/index.ts";
import { findPeer } from "../peers/index.ts";
import { findPublicKey, type Tenant } from "../tenants/index.ts";
import type { KnownKey } from "./signature.ts";

/**
 * The keys by which a tenant takes a bundle to be its server's: its own, and those it has pinned of others (FD3). Nobody is
 * asked for any. One that was revoked proves nothing, as whoever has it can write any date.
 */
export function knownKeys(reader: Reader, { tenantNo, serverName }: Pick<Tenant, "tenantNo" | "serverName">): KnownKey {
  return async (server, keyId) => {
    if (server === serverName) return findPublicKey(reader, tenantNo, keyId);
    const peer = await findPeer(reader, tenantNo, server);
    return peer?.keys.find((key) => key.keyId === keyId && key.revokedAt === null)?.publicKey;
  };
}
