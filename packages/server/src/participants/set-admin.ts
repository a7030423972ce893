import { invalid } from "@stairwell/protocol";
import { ADMIN_ROLE } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import type { Participant } from "./participant.ts";
import { saveParticipant } from "./participants.store.ts";

/**
 * Gives somebody the role `admin` or takes it; of one who has it so already, nothing changes. `changed` is called once
 * it is durable. `SW_REQUEST_INVALID` for a bot, an agent or a federated person.
 */
export async function setAdmin(
  tx: Tx,
  changed: (tenantNo: number, participantNo: number) => void,
  tenantNo: number,
  who: Participant,
  admin: boolean,
): Promise<Participant> {
  if (admin && who.participantType !== "human") throw invalid("/admin", "is for humans");
  if (who.roles.includes(ADMIN_ROLE) === admin) return who;
  const others = who.roles.filter((role) => role !== ADMIN_ROLE);
  const after = { ...who, roles: admin ? [...others, ADMIN_ROLE] : others };
  await saveParticipant(tx, tenantNo, after);
  tx.afterCommit(() => changed(tenantNo, who.participantNo));
  return after;
}
