import { StairwellError } from "@stairwell/protocol";
import type { Db } from "../db/index.ts";
import type { Tenant, TenantLimits } from "./tenant.ts";
import { findTenantBySlug } from "./tenants.store.ts";
import { updateTenant } from "./update-tenant.ts";

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
  return db.write("deployment", async (tx) => {
    const tenant = await findTenantBySlug(tx, slug);
    if (tenant === undefined) throw new StairwellError("SW_TENANT_NOT_FOUND");
    return updateTenant(tx, changed, tenant, { limits });
  });
}
