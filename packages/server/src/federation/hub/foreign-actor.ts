import type { Actor } from "../../auth/index.ts";
import type { Participant } from "../../participants/index.ts";
import type { Tenant } from "../../tenants/index.ts";

/** Somebody of another server as the one who acts: what their server's signature proves, and nothing more. */
export function foreignActor(tenant: Tenant, who: Participant): Actor {
  const { participantNo, participantId, localId, fqid, participantType } = who;
  return {
    tenant,
    participantNo,
    participantId,
    localId,
    fqid,
    participantType,
    isAdmin: false,
    scopes: new Set(["read", "write"]),
    tokenId: null,
    expiresAt: Infinity,
  };
}
