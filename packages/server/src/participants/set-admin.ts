import { invalid } from "@stairwell/protocol";
import { type AuditEntry, OPERATOR, record } from "../audit/index.ts";
import { ADMIN_ROLE } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import { keepAnAdmin } from "./keep-an-admin.ts";
import type { Participant } from "./participant.ts";
import { saveParticipant } from "./participants.store.ts";

/**
 * Gives somebody the role `admin` or takes it; of one who has it so already, nothing changes. `changed` is called once
 * it is durable. `SW_REQUEST_INVALID` for a bot, an agent or a federated person; `SW_ROOM_LAST_ADMIN` when it is taken
 * from the last by anybody but the operator (AU8).
 */
export async function setAdmin(
  tx: Tx,
  changed: (tenantNo: number, participantNo: number) => void,
  tenantNo: number,
  who: Participant,
  admin: boolean,
  by: AuditEntry["actor"] = OPERATOR,
): Promise<Participant> {
  if (admin && who.participantType !== "human") throw invalid("/roles", "admin is for humans");
  if (who.roles.includes(ADMIN_ROLE) === admin) return who;
  if (!admin && by !== OPERATOR) await keepAnAdmin(tx, tenantNo, who);
  const others = who.roles.filter((role) => role !== ADMIN_ROLE);
  const after = { ...who, roles: admin ? [...others, ADMIN_ROLE] : others };
  await saveParticipant(tx, tenantNo, after);
  const action = admin ? "role.grant" : "role.revoke";
  await record(tx, { tenantNo, action, actor: by, target: who.fqid, details: { role: ADMIN_ROLE } });
  tx.afterCommit(() => changed(tenantNo, who.participantNo));
  return after;
}
