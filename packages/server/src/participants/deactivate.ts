import { StairwellError } from "@stairwell/protocol";
import { type AuditEntry, OPERATOR, record } from "../audit/index.ts";
import { type ActorCache, revokeAll } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import { insertDeactivation } from "./deactivations.store.ts";
import { keepAnAdmin } from "./keep-an-admin.ts";
import type { Participant } from "./participant.ts";
import { saveParticipant } from "./participants.store.ts";

/**
 * Lets somebody in no more (AU9): their tokens are revoked for good, their roles gone, and whatever they have open ends
 * with the commit. Their rooms are left afterwards, by a job for which this writes a row. Of one who is deactivated
 * already it changes nothing. `SW_MEMBER_STATE` for somebody of another server; `SW_ROOM_LAST_ADMIN` for the last
 * admin, unless the operator does it (AU8).
 */
export async function deactivate(
  tx: Tx,
  actors: ActorCache,
  tenantNo: number,
  who: Participant,
  by: AuditEntry["actor"],
): Promise<Participant> {
  mustBeLocal(who);
  if (who.deactivatedAt !== null) return who;
  if (by !== OPERATOR) await keepAnAdmin(tx, tenantNo, who);
  const after = { ...who, roles: [], deactivatedAt: tx.now };
  await saveParticipant(tx, tenantNo, after);
  const { participantNo } = who;
  await revokeAll(tx, { tenantNo, participantNo });
  await insertDeactivation(tx, tenantNo, participantNo);
  await record(tx, { tenantNo, action: "participant.deactivate", actor: by, target: who.fqid });
  tx.afterCommit(() => actors.forgetParticipant(tenantNo, participantNo));
  return after;
}

/** Somebody of another server is that server's to manage. `SW_MEMBER_STATE`. */
export function mustBeLocal(who: Participant): void {
  if (who.participantType !== "federated") return;
  throw new StairwellError("SW_MEMBER_STATE", { message: "They are at home on another server.", rule: "AU9" });
}
