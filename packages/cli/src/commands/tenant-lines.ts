import type { OutputOf } from "@stairwell/server";
import { fields } from "../output.ts";

export type TenantInfo = OutputOf<"tenant.suspend">;

/** A tenant for people to read. */
export function tenantLines(tenant: TenantInfo): string[] {
  return fields({
    tenant: tenant.slug,
    name: tenant.name,
    "server name": tenant.server_name,
    id: tenant.id,
    state: stateOf(tenant),
  });
}

export function stateOf(tenant: TenantInfo): string {
  return tenant.suspended ? "suspended" : "active";
}
