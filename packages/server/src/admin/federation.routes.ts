import { admin as routes, type DataOf } from "@stairwell/protocol/api";
import { federationEndpoint } from "@stairwell/protocol/signing";
import type { Db } from "../db/index.ts";
import { type Endpoint, reply } from "../http/endpoint.ts";
import { type Clock, wireTime, wireTimeOrNull } from "../lib/clock.ts";
import { type FederationPolicy, policyOf, setPolicy } from "../peers/index.ts";
import { findSigningKey, listKeys, type TenantKey } from "../tenants/index.ts";

/** Who the tenant is to other servers, and with whom it shares. */
export function federationAdminRoutes({ db, clock }: { db: Db; clock: Pick<Clock, "now"> }): Endpoint[] {
  return [
    reply(routes.getFederationIdentity, ({ actor: { tenant } }) =>
      db.snapshot(async (reader) => {
        const keys = await listKeys(reader, tenant.tenantNo);
        const inUse = await findSigningKey(reader, tenant.tenantNo, clock.now());
        if (inUse === undefined) throw new Error("a tenant without a signing key");
        const { key_id, public_key } = keyView(inUse);
        const endpoints = { federation: federationEndpoint(tenant.serverName) };
        return { data: { server_name: tenant.serverName, key_id, public_key, keys: keys.map(keyView), endpoints } };
      }),
    ),

    reply(routes.getFederationPolicy, async ({ actor }) => ({
      data: policyView(await policyOf(db, actor.tenant.tenantNo)),
    })),

    reply(routes.setFederationPolicy, async ({ actor, body }) => {
      const { tenantNo } = actor.tenant;
      return { data: policyView(await db.write({ tenantNo }, (tx) => setPolicy(tx, tenantNo, body, actor.fqid))) };
    }),
  ];
}

function policyView(policy: FederationPolicy): DataOf<typeof routes.getFederationPolicy> {
  return { ...policy, allowed_peers: [...policy.allowed_peers], denied_peers: [...policy.denied_peers] };
}

function keyView(key: TenantKey): DataOf<typeof routes.getFederationIdentity>["keys"][number] {
  return {
    key_id: key.keyId,
    public_key: `ed25519:${key.publicKey}`,
    valid_from: wireTime(key.validFrom),
    valid_until: wireTimeOrNull(key.validUntil),
    revoked_at: wireTimeOrNull(key.revokedAt),
    introduced_by: key.introducedBy?.keyId ?? null,
  };
}
