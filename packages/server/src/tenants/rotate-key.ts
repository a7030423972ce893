import { introductionText, OLD_KEY_MS } from "@stairwell/protocol/signing";
import { type AuditEntry, record } from "../audit/index.ts";
import type { Tx } from "../db/index.ts";
import { insertSigningKey, listKeys, saveKeyEnd, type TenantKey } from "./keys.store.ts";
import { newSigningKey, signWith } from "./signing-key.ts";
import type { Tenant } from "./tenant.ts";

/**
 * Gives a tenant a new signing key, which is used at once (FD1). The one before admits new things for 30 days more, and
 * gives its word for the new one, so that servers that know it follow by themselves (FD3). Answers every key.
 */
export async function rotateKey(tx: Tx, tenant: Tenant, by: AuditEntry["actor"]): Promise<TenantKey[]> {
  const keys = await listKeys(tx, tenant.tenantNo);
  const keyId = await addKey(tx, tenant, keys);
  const end = tx.now + OLD_KEY_MS;
  for (const key of keys) {
    if (key.revokedAt === null && (key.validUntil === null || key.validUntil > end)) {
      await saveKeyEnd(tx, tenant.tenantNo, { ...key, validUntil: end });
    }
  }
  await record(tx, { tenantNo: tenant.tenantNo, action: "signing_key.rotate", actor: by, details: { key_id: keyId } });
  return listKeys(tx, tenant.tenantNo);
}

/**
 * Makes a key beside those there are, introduced by the newest of them that still may: none that is revoked or over.
 * Answers its id.
 */
export async function addKey(tx: Tx, { tenantNo, serverName }: Tenant, keys: readonly TenantKey[]): Promise<string> {
  const made = newSigningKey();
  if (keys.some(({ keyId }) => keyId === made.keyId)) return addKey(tx, { tenantNo, serverName } as Tenant, keys);
  const elder = keys.findLast(({ validUntil, revokedAt }) => revokedAt === null && (validUntil ?? Infinity) > tx.now);
  // A clock that was set back must not make the new key an older one.
  const validFrom = Math.max(tx.now, ...keys.map((key) => key.validFrom + 1));
  const key = { ...made, validFrom };
  const introducedBy = elder && {
    keyId: elder.keyId,
    signature: signWith(elder, introductionText(serverName, key)),
  };
  await insertSigningKey(tx, tenantNo, { ...key, introducedBy: introducedBy ?? null });
  return key.keyId;
}
