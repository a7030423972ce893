import { fqidOf, StairwellError } from "@stairwell/protocol";
import type { Reader } from "../../db/index.ts";
import { findByFqid } from "../../participants/index.ts";
import type { PeerRequest } from "./peer-request.ts";

/** Somebody of ours, as other servers see them. */
export interface Profile {
  readonly fqid: string;
  readonly display_name: string;
  readonly participant_type: string;
  readonly avatar_url: string | null;
}

/**
 * The profile of somebody of the tenant by their local id, for servers that policy admits. Whoever is unknown, was
 * deactivated, or is at home elsewhere is answered alike: `SW_PARTICIPANT_NOT_FOUND`.
 */
export async function profileFor(reader: Reader, { tenant }: PeerRequest, localId: string): Promise<Profile> {
  const who = await findByFqid(reader, tenant.tenantNo, fqidOf(localId, tenant.serverName));
  if (who === undefined || who.deactivatedAt !== null || who.participantType === "federated") {
    throw new StairwellError("SW_PARTICIPANT_NOT_FOUND");
  }
  return {
    fqid: who.fqid,
    display_name: who.displayName,
    participant_type: who.participantType,
    avatar_url: who.avatarUrl,
  };
}
