import { StairwellError } from "@stairwell/protocol";
import type { Tx } from "../db/index.ts";
import { findTenantBySlug, setSuspended } from "./tenants.store.ts";
import type { Tenant } from "./tenant.ts";

/**
 * Suspends a tenant, or lets it in again. Of a tenant in that state already it changes nothing, the time included.
 * `changed` is called once it is durable. `SW_TENANT_NOT_FOUND` for an unknown slug.
 */
export async function suspendTenant(
  tx: Tx,
  changed: (tenantNo: number) => void,
  slug: string,
  suspended: boolean,
): Promise<Tenant> {
  const tenant = await findTenantBySlug(tx, slug);
  if (tenant === undefined) throw new StairwellError("SW_TENANT_NOT_FOUND");
  if ((tenant.suspendedAt !== null) === suspended) return tenant;
  const suspendedAt = suspended ? tx.now : null;
  await setSuspended(tx, tenant.tenantNo, suspendedAt);
  tx.afterCommit(() => changed(tenant.tenantNo));
  return { ...tenant, suspendedAt };
}
