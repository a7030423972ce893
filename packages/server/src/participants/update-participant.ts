import { invalid } from "@stairwell/protocol";
import { type AuditEntry, record } from "../audit/index.ts";
import { type ActorCache, ADMIN_ROLE } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import { cleanDisplayName } from "./create-participant.ts";
import { mustBeLocal } from "./deactivate.ts";
import type { Participant } from "./participant.ts";
import { saveParticipant } from "./participants.store.ts";
import { setAdmin } from "./set-admin.ts";

/** What an admin changes of others; what is left out stays. */
export interface ParticipantChanges {
  displayName?: string | undefined;
  roles?: readonly string[] | undefined;
  autoJoin?: boolean | undefined;
}

/**
 * Changes somebody's name, roles, or whether they accept invites at once. What holds already is left as it is.
 * `SW_REQUEST_INVALID` for a name that cannot be shown, `auto_join` of a human, a role for a bot, an agent or somebody
 * who is deactivated; `SW_MEMBER_STATE` for somebody of another server; `SW_ROOM_LAST_ADMIN` (AU8).
 */
export async function updateParticipant(
  tx: Tx,
  actors: ActorCache,
  tenantNo: number,
  who: Participant,
  wanted: ParticipantChanges,
  by: AuditEntry["actor"],
): Promise<Participant> {
  mustBeLocal(who);
  const displayName = wanted.displayName === undefined ? who.displayName : cleanDisplayName(wanted.displayName);
  const { autoJoin = who.autoJoin } = wanted;
  if (autoJoin && who.participantType === "human") throw invalid("/auto_join", "is for bots and agents");
  const admin = wanted.roles === undefined ? undefined : wanted.roles.includes(ADMIN_ROLE);
  if (admin === true && who.deactivatedAt !== null) throw invalid("/roles", "are for people who are not deactivated");
  const changed = (no: number, participantNo: number): void => actors.forgetParticipant(no, participantNo);
  // First, as the one part that may still be refused.
  const after = admin === undefined ? who : await setAdmin(tx, changed, tenantNo, who, admin, by);
  const profile = {
    ...(displayName !== who.displayName && { display_name: displayName }),
    ...(autoJoin !== who.autoJoin && { auto_join: autoJoin }),
  };
  if (Object.keys(profile).length === 0) return after;
  const renamed = { ...after, displayName, autoJoin };
  await saveParticipant(tx, tenantNo, renamed);
  await record(tx, { tenantNo, action: "participant.update", actor: by, target: who.fqid, details: profile });
  tx.afterCommit(() => changed(tenantNo, who.participantNo));
  return renamed;
}
