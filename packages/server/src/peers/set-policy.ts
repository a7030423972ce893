import { invalid } from "@stairwell/protocol";
import { isPeerName } from "@stairwell/protocol/signing";
import { type AuditEntry, record } from "../audit/index.ts";
import type { Tx } from "../db/index.ts";
import type { FederationPolicy } from "./policy.ts";
import { policyOf, savePolicy } from "./policy.store.ts";

/**
 * Changes those parts of a tenant's policy that are named. What holds already is no act. `SW_REQUEST_INVALID` for a
 * list with something that is no server name.
 */
export async function setPolicy(
  tx: Tx,
  tenantNo: number,
  wanted: { readonly [Key in keyof FederationPolicy]?: FederationPolicy[Key] | undefined },
  by: AuditEntry["actor"],
): Promise<FederationPolicy> {
  for (const list of ["allowed_peers", "denied_peers"] as const) {
    const at = wanted[list]?.findIndex((name) => !isPeerName(name)) ?? -1;
    if (at !== -1)
      throw invalid(`/${list}/${at}`, "is no server name: a DNS name in lower case, with a port if not 443");
  }
  const before = await policyOf(tx, tenantNo);
  const changes = Object.entries(wanted).filter(
    ([key, value]) =>
      value !== undefined && JSON.stringify(value) !== JSON.stringify(before[key as keyof FederationPolicy]),
  );
  if (changes.length === 0) return before;
  const details = Object.fromEntries(changes);
  const after: FederationPolicy = { ...before, ...details };
  await savePolicy(tx, tenantNo, after);
  await record(tx, { tenantNo, action: "federation.policy", actor: by, details });
  return after;
}
