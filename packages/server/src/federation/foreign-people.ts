import { type Fqid, parseFqid } from "@stairwell/protocol";
import type { Tx } from "../db/index.ts";
import { newId } from "../lib/random.ts";
import { findByFqid, insertParticipant, type Participant } from "../participants/index.ts";

/**
 * Somebody of another server, as a participant of the tenant: made on first sight, under their local id until their own
 * server says what they are called. Undefined for a text that is nobody's name, and for an unknown one of our own.
 */
export async function knownOrMade(
  tx: Tx,
  tenant: { readonly tenantNo: number; readonly serverName: string },
  fqid: Fqid,
): Promise<Participant | undefined> {
  const known = await findByFqid(tx, tenant.tenantNo, fqid);
  const name = parseFqid(fqid);
  if (known !== undefined || name === undefined || name.serverName === tenant.serverName) return known;
  return insertParticipant(tx, tenant.tenantNo, {
    participantId: newId("participant"),
    fqid,
    localId: name.localId,
    serverName: name.serverName,
    participantType: "federated",
    displayName: name.localId,
    avatarUrl: null,
    roles: [],
    defaultMode: "none",
    locale: null,
    timezone: null,
    autoJoin: false,
    personalWorkspaceId: null,
    registeredAt: null,
    deactivatedAt: null,
  });
}
