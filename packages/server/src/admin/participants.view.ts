import type { admin, DataOf } from "@stairwell/protocol/api";
import type { Reader } from "../db/index.ts";
import { wireTime, wireTimeOrNull } from "../lib/clock.ts";
import { isLeaving, type Participant, summaryView } from "../participants/index.ts";

export type ManagedParticipant = DataOf<typeof admin.getManagedParticipant>;

/** Somebody, as the tenant's admins see them. */
export async function managedView(reader: Reader, tenantNo: number, who: Participant): Promise<ManagedParticipant> {
  return {
    ...summaryView(who),
    roles: [...who.roles],
    auto_join: who.autoJoin,
    created_at: wireTime(who.createdAt),
    deactivated_at: wireTimeOrNull(who.deactivatedAt),
    leaving: who.deactivatedAt !== null && (await isLeaving(reader, tenantNo, who.participantNo)),
  };
}
