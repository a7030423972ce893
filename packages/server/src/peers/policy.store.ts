import type { Reader, Tx } from "../db/index.ts";
import { type FederationPolicy, NO_FEDERATION } from "./policy.ts";

/** A tenant's policy towards other servers; closed unless one was set. */
export async function policyOf(reader: Reader, tenantNo: number): Promise<FederationPolicy> {
  const row = await reader.get<{ policy: string }>(
    "SELECT policy FROM federation_policies WHERE tenant_no = $1",
    tenantNo,
  );
  return row === undefined ? NO_FEDERATION : { ...NO_FEDERATION, ...(JSON.parse(row.policy) as FederationPolicy) };
}

export async function savePolicy(tx: Tx, tenantNo: number, policy: FederationPolicy): Promise<void> {
  await tx.run(
    "INSERT INTO federation_policies (tenant_no, policy) VALUES ($1, $2) " +
      "ON CONFLICT (tenant_no) DO UPDATE SET policy = excluded.policy",
    tenantNo,
    JSON.stringify(policy),
  );
}
