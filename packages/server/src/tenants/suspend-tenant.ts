import { StairwellError } from "@stairwell/protocol";
import type { Tx } from "../db/index.ts";
import { findTenantBySlug } from "./tenants.store.ts";
import type { Tenant } from "./tenant.ts";
import { updateTenant } from "./update-tenant.ts";

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
  return updateTenant(tx, changed, tenant, { suspended });
}
