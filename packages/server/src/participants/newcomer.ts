import { type Fqid, type ParticipantId, parseFqid } from "@stairwell/protocol";
import { newId } from "../lib/random.ts";
import type { Participant } from "./participant.ts";

/** Somebody who has no row yet. */
export type Newcomer = Omit<Participant, "participantNo" | "createdAt">;

/** Somebody of a name (`@local_id:server_name`), as they are before they have set anything; the local id unless called otherwise. */
export function newcomer(
  fqid: Fqid,
  participantType: Participant["participantType"],
  more: Partial<Pick<Participant, "displayName" | "roles" | "autoJoin">> = {},
): Newcomer {
  const { localId, serverName } = parseFqid(fqid)!;
  return {
    participantId: newId<ParticipantId>("participant"),
    fqid,
    localId,
    serverName,
    participantType,
    displayName: localId,
    avatarUrl: null,
    roles: [],
    defaultMode: participantType === "federated" ? "none" : "mentions",
    locale: null,
    timezone: null,
    autoJoin: false,
    personalWorkspaceId: null,
    registeredAt: null,
    deactivatedAt: null,
    ...more,
  };
}
