import { StairwellError } from "@stairwell/protocol";
import type { Db } from "../db/index.ts";
import type { Tenant, TenantLimits } from "./tenant.ts";
import { findTenantBySlug, saveLimits } from "./tenants.store.ts";

/**
 * Changes some of a tenant's limits; those not named stay. `changed` is told after the commit.
 * `SW_TENANT_NOT_FOUND`.
 */
export function setLimits(
  db: Db,
  slug: string,
  limits: Partial<TenantLimits>,
  changed: (tenantNo: number) => void,
): Promise<Tenant> {
  return db.write(async (tx) => {
    const tenant = await findTenantBySlug(tx, slug);
    if (tenant === undefined) throw new StairwellError("SW_TENANT_NOT_FOUND");
    const after = { ...tenant, limits: { ...tenant.limits, ...limits } };
    await saveLimits(tx, tenant.tenantNo, after.limits);
    tx.afterCommit(() => changed(tenant.tenantNo));
    return after;
  });
}
