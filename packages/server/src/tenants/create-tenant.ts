import { cleanName, invalid, SERVER_NAME } from "@stairwell/protocol";
import { type AuditEntry, OPERATOR, record } from "../audit/index.ts";
import type { Tx } from "../db/index.ts";
import { newId } from "../lib/random.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { newSigningKey } from "./signing-key.ts";
import { insertSigningKey } from "./keys.store.ts";
import { findTenantByServerName, findTenantBySlug, insertTenant } from "./tenants.store.ts";
import type { Tenant, TenantLimits } from "./tenant.ts";

export const TENANT_SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

export interface NewTenant {
  slug: string;
  /** The slug unless given. */
  name?: string | undefined;
  /** A DNS name, with a port where it is not 443; a tenant keeps it for ever. */
  serverName: string;
  limits?: TenantLimits | undefined;
  /** On whose behalf; the operator's unless given. */
  by?: AuditEntry["actor"] | undefined;
}

/**
 * Makes a tenant and its Ed25519 signing key. Answers what is taken, and changes nothing, when another tenant has
 * the slug or the server name. `SW_REQUEST_INVALID` for a malformed slug, name or server name.
 */
export async function createTenant(
  tx: Tx,
  wanted: NewTenant,
): Promise<{ tenant: Tenant } | { taken: "slug" | "server_name" }> {
  const { slug, serverName, limits = DEFAULT_LIMITS, by = OPERATOR } = wanted;
  if (!TENANT_SLUG.test(slug)) throw invalid("/slug", "is 1 to 63 of a-z, 0-9 and -, and starts with no -");
  if (!SERVER_NAME.test(serverName))
    throw invalid("/server_name", "is no DNS name in lower case, with a port where it is not 443");
  const name = cleanName(wanted.name ?? slug, "/name");
  if ((await findTenantBySlug(tx, slug)) !== undefined) return { taken: "slug" };
  if ((await findTenantByServerName(tx, serverName)) !== undefined) return { taken: "server_name" };

  const tenant = await insertTenant(tx, {
    tenantId: newId("tenant"),
    slug,
    name,
    serverName,
    limits,
    suspendedAt: null,
  });
  await insertSigningKey(tx, tenant.tenantNo, newSigningKey());
  await record(tx, { tenantNo: tenant.tenantNo, action: "tenant.create", actor: by });
  return { tenant };
}
