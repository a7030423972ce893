import { cleanName, fqidOf, invalid, LIMITS, LOCAL_ID, StairwellError, type WorkspaceId } from "@stairwell/protocol";
import { type AuditEntry, record } from "../audit/index.ts";
import { ADMIN_ROLE } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import type { Tenant } from "../tenants/index.ts";
import { newcomer } from "./newcomer.ts";
import type { Participant } from "./participant.ts";
import { countAccounts, findByFqid, insertParticipant, saveParticipant } from "./participants.store.ts";

/** Makes somebody's personal workspace and answers its id; workspaces/ does it. */
export type MakePersonalWorkspace = (
  tx: Tx,
  tenantNo: number,
  owner: Pick<Participant, "participantNo" | "localId" | "displayName">,
) => Promise<WorkspaceId>;

export interface NewParticipant {
  localId: string;
  participantType: "human" | "bot" | "agent";
  /** The local id unless given. */
  displayName?: string | undefined;
  /** Bots and agents only (MB5). */
  autoJoin?: boolean | undefined;
  /** Humans only. */
  admin?: boolean | undefined;
  /** Who makes them for somebody else, for the audit; left out where they come by themselves. */
  by?: AuditEntry["actor"] | undefined;
}

/**
 * Makes a local participant and their personal workspace. Answers that the local id is taken, and changes nothing,
 * when somebody has or had it: local ids are never used again. `SW_REQUEST_INVALID` for what cannot be;
 * `SW_TENANT_CAPACITY` at `max_accounts`.
 */
export async function createParticipant(
  tx: Tx,
  makePersonalWorkspace: MakePersonalWorkspace,
  tenant: Tenant,
  wanted: NewParticipant,
): Promise<{ participant: Participant } | { taken: true }> {
  const { localId, participantType, autoJoin = false, admin = false } = wanted;
  if (!LOCAL_ID.test(localId))
    throw invalid("/local_id", "is 1 to 64 of a-z, 0-9, dot, _ and -, and starts with a letter or digit");
  const displayName = cleanDisplayName(wanted.displayName ?? localId);
  if (autoJoin && participantType === "human") throw invalid("/auto_join", "is for bots and agents");
  if (admin && participantType !== "human") throw invalid("/admin", "is for humans");
  const fqid = fqidOf(localId, tenant.serverName);
  if ((await findByFqid(tx, tenant.tenantNo, fqid)) !== undefined) return { taken: true };
  await refuseAtCapacity(tx, tenant);

  const roles = admin ? [ADMIN_ROLE] : [];
  const who = newcomer(fqid, participantType, { displayName, roles, autoJoin });
  const made = await insertParticipant(tx, tenant.tenantNo, who);
  const participant = { ...made, personalWorkspaceId: await makePersonalWorkspace(tx, tenant.tenantNo, made) };
  await saveParticipant(tx, tenant.tenantNo, participant);
  if (wanted.by !== undefined) await recordMaking(tx, tenant, participant, wanted.by);
  return { participant };
}

async function recordMaking(tx: Tx, { tenantNo }: Tenant, made: Participant, by: AuditEntry["actor"]): Promise<void> {
  const details = { participant_type: made.participantType, roles: [...made.roles] };
  await record(tx, { tenantNo, action: "participant.create", actor: by, target: made.fqid, details });
}

export function cleanDisplayName(text: string): string {
  return cleanName(text, "/display_name", LIMITS.displayNameLength);
}

/** AU6. */
export async function refuseAtCapacity(tx: Tx, tenant: Tenant): Promise<void> {
  const most = tenant.limits.max_accounts;
  if (most === null || (await countAccounts(tx, tenant.tenantNo)) < most) return;
  throw new StairwellError("SW_TENANT_CAPACITY", { rule: "AU6", details: { max_accounts: most } });
}
