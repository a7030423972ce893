/** Tenants: organisations that know nothing of each other, their limits and their signing keys. */
export type { Tenant, TenantLimits } from "./tenant.ts";
export { createTenant, type NewTenant, TENANT_SLUG } from "./create-tenant.ts";
export { DEFAULT_LIMITS, NO_LIMITS } from "./limits.ts";
export { findPublicKey, findSigningKey, listKeys, type TenantKey } from "./keys.store.ts";
export { type Revoked, revokeKey } from "./revoke-key.ts";
export { rotateKey } from "./rotate-key.ts";
export { privateKeyOf, type SigningKey, signWith } from "./signing-key.ts";
export { setLimits } from "./set-limits.ts";
export { storageFull } from "./storage-full.ts";
export { suspendTenant } from "./suspend-tenant.ts";
export {
  findTenant,
  findTenantById,
  findTenantByServerName,
  findTenantBySlug,
  hasTenants,
  listTenants,
  listTenantsAfter,
} from "./tenants.store.ts";
export { type TenantChanges, updateTenant } from "./update-tenant.ts";
