import { StairwellError } from "@stairwell/protocol";
import { type AuditEntry, record } from "../audit/index.ts";
import type { Tx } from "../db/index.ts";
import { findSigningKey, listKeys, saveKeyEnd, type TenantKey } from "./keys.store.ts";
import { addKey } from "./rotate-key.ts";
import type { Tenant } from "./tenant.ts";

/** Every key after a revocation, and what it led to. */
export interface Revoked {
  readonly keys: readonly TenantKey[];
  /** The key that took its place, where it was the one in use. */
  readonly replacedBy: TenantKey | null;
}

/**
 * Revokes a key of a tenant: from now on it admits nothing that was not seen before (FD1). Where it was the one in use,
 * another takes its place at once, introduced by an older key if one is still good; else servers that have pinned the
 * revoked one wait for their administrators (FD3). A repeat changes nothing. `SW_NOT_FOUND` for an unknown key.
 */
export async function revokeKey(tx: Tx, tenant: Tenant, keyId: string, by: AuditEntry["actor"]): Promise<Revoked> {
  const { tenantNo } = tenant;
  const keys = await listKeys(tx, tenantNo);
  const key = keys.find((one) => one.keyId === keyId);
  if (key === undefined) throw new StairwellError("SW_NOT_FOUND", { message: "The tenant has no such key." });
  if (key.revokedAt !== null) return { keys, replacedBy: null };
  const inUse = await findSigningKey(tx, tenantNo, tx.now);
  await saveKeyEnd(tx, tenantNo, { ...key, revokedAt: tx.now });
  await record(tx, { tenantNo, action: "signing_key.revoke", actor: by, details: { key_id: keyId } });
  if (inUse?.keyId !== keyId) return { keys: await listKeys(tx, tenantNo), replacedBy: null };
  const others = keys.filter((one) => one.keyId !== keyId);
  const replacement = await addKey(tx, tenant, [...others, { ...key, revokedAt: tx.now }]);
  const after = await listKeys(tx, tenantNo);
  return { keys: after, replacedBy: after.find((one) => one.keyId === replacement)! };
}
