import type { TenantId } from "@stairwell/protocol";
import type { Reader, Tx } from "../db/index.ts";
import type { Tenant, TenantLimits } from "./tenant.ts";

interface TenantRow {
  tenant_no: number;
  tenant_id: TenantId;
  slug: string;
  name: string;
  server_name: string;
  limits: string;
  suspended_at: number | null;
}

const TENANT = "SELECT tenant_no, tenant_id, slug, name, server_name, limits, suspended_at FROM tenants";

export async function findTenant(reader: Reader, tenantNo: number): Promise<Tenant | undefined> {
  return toTenant(await reader.get<TenantRow>(`${TENANT} WHERE tenant_no = $1`, tenantNo));
}

export async function findTenantBySlug(reader: Reader, slug: string): Promise<Tenant | undefined> {
  return toTenant(await reader.get<TenantRow>(`${TENANT} WHERE slug = $1`, slug));
}

export async function findTenantByServerName(reader: Reader, serverName: string): Promise<Tenant | undefined> {
  return toTenant(await reader.get<TenantRow>(`${TENANT} WHERE server_name = $1`, serverName));
}

export async function findTenantById(reader: Reader, tenantId: string): Promise<Tenant | undefined> {
  return toTenant(await reader.get<TenantRow>(`${TENANT} WHERE tenant_id = $1`, tenantId));
}

/** All tenants of the deployment, by slug. */
export async function listTenants(reader: Reader): Promise<Tenant[]> {
  return (await reader.all<TenantRow>(`${TENANT} ORDER BY slug`)).map((row) => toTenant(row)!);
}

/** Tenants of the deployment whose slug comes after a text, by slug. */
export async function listTenantsAfter(reader: Reader, slug: string, limit: number): Promise<Tenant[]> {
  const rows = await reader.all<TenantRow>(`${TENANT} WHERE slug > $1 ORDER BY slug LIMIT $2`, slug, limit);
  return rows.map((row) => toTenant(row)!);
}

/** Whether anybody can be let in yet. */
export async function hasTenants(reader: Reader): Promise<boolean> {
  return (await reader.get("SELECT 1 FROM tenants LIMIT 1")) !== undefined;
}

export async function insertTenant(tx: Tx, tenant: Omit<Tenant, "tenantNo">): Promise<Tenant> {
  const last = await tx.get<{ tenant_no: number | null }>("SELECT max(tenant_no) AS tenant_no FROM tenants");
  const tenantNo = (last?.tenant_no ?? 0) + 1;
  await tx.run(
    "INSERT INTO tenants (tenant_no, tenant_id, slug, name, server_name, limits, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    tenantNo,
    tenant.tenantId,
    tenant.slug,
    tenant.name,
    tenant.serverName,
    JSON.stringify(tenant.limits),
    tx.now,
  );
  return { ...tenant, tenantNo };
}

/** Writes everything of a tenant that can change. */
export async function saveTenant(tx: Tx, tenant: Tenant): Promise<void> {
  await tx.run(
    "UPDATE tenants SET name = $2, limits = $3, suspended_at = $4 WHERE tenant_no = $1",
    tenant.tenantNo,
    tenant.name,
    JSON.stringify(tenant.limits),
    tenant.suspendedAt,
  );
}

function toTenant(row: TenantRow | undefined): Tenant | undefined {
  return (
    row && {
      tenantNo: row.tenant_no,
      tenantId: row.tenant_id,
      slug: row.slug,
      name: row.name,
      serverName: row.server_name,
      limits: JSON.parse(row.limits) as TenantLimits,
      suspendedAt: row.suspended_at,
    }
  );
}
