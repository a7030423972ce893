import { cleanName } from "@stairwell/protocol";
import { type AuditEntry, OPERATOR, record } from "../audit/index.ts";
import type { Tx } from "../db/index.ts";
import { saveTenant } from "./tenants.store.ts";
import type { Tenant, TenantLimits } from "./tenant.ts";

/** What of a tenant can change; what is left out stays. */
export interface TenantChanges {
  name?: string | undefined;
  limits?: { readonly [L in keyof TenantLimits]?: TenantLimits[L] | undefined } | undefined;
  suspended?: boolean | undefined;
}

/**
 * Changes a tenant, on behalf of the operator: its name, its limits, and whether anybody of it is let in. What holds
 * already is left as it is, the time of a suspension included. `changed` is called once it is durable.
 * `SW_REQUEST_INVALID` for a name that cannot be.
 */
export async function updateTenant(
  tx: Tx,
  changed: (tenantNo: number) => void,
  tenant: Tenant,
  wanted: TenantChanges,
): Promise<Tenant> {
  const name = wanted.name === undefined ? tenant.name : cleanName(wanted.name, "/name");
  const limits = changedLimits(tenant.limits, wanted.limits ?? {});
  const { suspended = tenant.suspendedAt !== null } = wanted;
  const acts: Pick<AuditEntry, "action" | "details">[] = [];
  if (name !== tenant.name) acts.push({ action: "tenant.update", details: { name } });
  if (Object.keys(limits).length > 0) acts.push({ action: "tenant.update", details: { limits } });
  if (suspended !== (tenant.suspendedAt !== null)) {
    acts.push({ action: suspended ? "tenant.suspend" : "tenant.unsuspend" });
  }
  if (acts.length === 0) return tenant;
  const after = {
    ...tenant,
    name,
    limits: { ...tenant.limits, ...limits },
    suspendedAt: suspended ? (tenant.suspendedAt ?? tx.now) : null,
  };
  await saveTenant(tx, after);
  for (const act of acts) await record(tx, { ...act, tenantNo: tenant.tenantNo, actor: OPERATOR });
  tx.afterCommit(() => changed(tenant.tenantNo));
  return after;
}

function changedLimits(before: TenantLimits, wanted: NonNullable<TenantChanges["limits"]>): Partial<TenantLimits> {
  const changed = Object.entries(wanted).filter(
    ([limit, value]) =>
      value !== undefined && JSON.stringify(value) !== JSON.stringify(before[limit as keyof TenantLimits]),
  );
  return Object.fromEntries(changed);
}
