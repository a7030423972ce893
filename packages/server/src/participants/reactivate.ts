import { StairwellError } from "@stairwell/protocol";
import { type AuditEntry, record } from "../audit/index.ts";
import type { ActorCache } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import type { Tenant } from "../tenants/index.ts";
import { refuseAtCapacity } from "./create-participant.ts";
import { isLeaving } from "./deactivations.store.ts";
import type { Participant } from "./participant.ts";
import { saveParticipant } from "./participants.store.ts";

/**
 * Lets somebody in again who was deactivated: with their id, name and workspaces, without roles, tokens and rooms. Of
 * one who is not deactivated it changes nothing. `SW_MEMBER_STATE` while they are still leaving their rooms, which is a
 * matter of seconds; `SW_TENANT_CAPACITY` at `max_accounts`.
 */
export async function reactivate(
  tx: Tx,
  actors: ActorCache,
  tenant: Tenant,
  who: Participant,
  by: AuditEntry["actor"],
): Promise<Participant> {
  const { tenantNo } = tenant;
  if (who.deactivatedAt === null) return who;
  if (await isLeaving(tx, tenantNo, who.participantNo)) {
    throw new StairwellError("SW_MEMBER_STATE", {
      message: "They are still leaving their rooms; try again in a moment.",
      rule: "AU9",
      retryAfterSeconds: 1,
    });
  }
  await refuseAtCapacity(tx, tenant);
  const after = { ...who, deactivatedAt: null };
  await saveParticipant(tx, tenantNo, after);
  await record(tx, { tenantNo, action: "participant.reactivate", actor: by, target: who.fqid });
  tx.afterCommit(() => actors.forgetParticipant(tenantNo, who.participantNo));
  return after;
}
