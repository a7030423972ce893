/** Tenants: organisations that know nothing of each other, their limits and their signing keys. */
export type { Tenant, TenantLimits } from "./tenant.ts";
export { createTenant, type NewTenant, TENANT_SLUG } from "./create-tenant.ts";
export { DEFAULT_LIMITS, NO_LIMITS } from "./limits.ts";
export { privateKeyOf, type SigningKey } from "./signing-key.ts";
export { setLimits } from "./set-limits.ts";
export { suspendTenant } from "./suspend-tenant.ts";
export {
  findPublicKey,
  findSigningKey,
  findTenant,
  findTenantById,
  findTenantBySlug,
  hasTenants,
  listTenants,
  listTenantsAfter,
} from "./tenants.store.ts";
export { type TenantChanges, updateTenant } from "./update-tenant.ts";
