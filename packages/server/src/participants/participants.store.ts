import type { Fqid, ParticipantId, WorkspaceId } from "@stairwell/protocol";
import { isAdmin, type ParticipantType } from "../auth/index.ts";
import { listOf, type Reader, rowMarks, textListOf, type Tx } from "../db/index.ts";
import { searchFold } from "../lib/slug.ts";
import type { Newcomer } from "./newcomer.ts";
import type { DefaultMode, Participant } from "./participant.ts";

export interface ParticipantRow {
  participant_no: number;
  participant_id: ParticipantId;
  fqid: Fqid;
  local_id: string;
  server_name: string;
  participant_type: ParticipantType;
  display_name: string;
  avatar_url: string | null;
  roles: string;
  default_mode: DefaultMode;
  locale: string | null;
  timezone: string | null;
  auto_join: number;
  personal_workspace_id: WorkspaceId | null;
  created_at: number;
  registered_at: number | null;
  deactivated_at: number | null;
}

export const PARTICIPANT =
  "SELECT participant_no, participant_id, fqid, local_id, server_name, participant_type, display_name, avatar_url, roles, " +
  "default_mode, locale, timezone, auto_join, personal_workspace_id, created_at, registered_at, deactivated_at FROM participants";

export async function findByNo(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
): Promise<Participant | undefined> {
  const row = await reader.get<ParticipantRow>(
    `${PARTICIPANT} WHERE tenant_no = $1 AND participant_no = $2`,
    tenantNo,
    participantNo,
  );
  return row && toParticipant(row);
}

/** A participant by the id that a caller named; deactivated ones too. Another tenant's id is unknown. */
export async function findById(
  reader: Reader,
  tenantNo: number,
  participantId: string,
): Promise<Participant | undefined> {
  const row = await reader.get<ParticipantRow>(
    `${PARTICIPANT} WHERE tenant_no = $1 AND participant_id = $2`,
    tenantNo,
    participantId,
  );
  return row && toParticipant(row);
}

export async function findByFqid(reader: Reader, tenantNo: number, fqid: string): Promise<Participant | undefined> {
  const row = await reader.get<ParticipantRow>(`${PARTICIPANT} WHERE tenant_no = $1 AND fqid = $2`, tenantNo, fqid);
  return row && toParticipant(row);
}

/** Several participants by number, in one statement; unknown numbers are left out. */
export async function getMany(
  reader: Reader,
  tenantNo: number,
  participantNos: readonly number[],
): Promise<Map<number, Participant>> {
  if (participantNos.length === 0) return new Map();
  const { marks, values } = listOf(participantNos, 2);
  const rows = await reader.all<ParticipantRow>(
    `${PARTICIPANT} WHERE tenant_no = $1 AND participant_no IN (${marks.join(",")})`,
    tenantNo,
    ...values,
  );
  return new Map(rows.map((row) => [row.participant_no, toParticipant(row)]));
}

/** Local people, bots and agents who were not deactivated. */
export async function countAccounts(reader: Reader, tenantNo: number): Promise<number> {
  const row = await reader.get<{ count: number }>(
    "SELECT count(*) AS count FROM participants WHERE tenant_no = $1 AND participant_type <> 'federated' AND deactivated_at IS NULL",
    tenantNo,
  );
  return row?.count ?? 0;
}

/** Whether anybody but this one can act as the tenant's admin. */
export async function hasOtherAdmin(reader: Reader, tenantNo: number, participantNo: number): Promise<boolean> {
  // The condition of the index of those with roles, of whom there are few.
  const rows = await reader.all<ParticipantRow>(
    `${PARTICIPANT} WHERE tenant_no = $1 AND roles <> '[]' AND deactivated_at IS NULL`,
    tenantNo,
  );
  return rows.map(toParticipant).some((who) => who.participantNo !== participantNo && isAdmin(who));
}

/** Several participants by FQID; names that nobody has are left out. */
export async function findManyByFqid(
  reader: Reader,
  tenantNo: number,
  fqids: readonly Fqid[],
): Promise<Map<Fqid, Participant>> {
  const found = new Map<Fqid, Participant>();
  for (let at = 0; at < fqids.length; at += AT_ONCE) {
    const { marks, values } = textListOf(fqids.slice(at, at + AT_ONCE), 2);
    const rows = await reader.all<ParticipantRow>(
      `${PARTICIPANT} WHERE tenant_no = $1 AND fqid IN (${marks.join(",")})`,
      tenantNo,
      ...values,
    );
    for (const row of rows) found.set(row.fqid, toParticipant(row));
  }
  return found;
}

export async function insertParticipant(tx: Tx, tenantNo: number, who: Newcomer): Promise<Participant> {
  const [participantNo] = await insertParticipants(tx, tenantNo, [who]);
  return { ...who, participantNo: participantNo!, createdAt: tx.now };
}

/** Rows that a statement writes or reads; fewer are done one by one, so that there are two statements of each kind. */
const AT_ONCE = 64;
const COLUMNS = 18;

/** Answers their numbers. */
export async function insertParticipants(tx: Tx, tenantNo: number, people: readonly Newcomer[]): Promise<number[]> {
  const last = await tx.get<{ participant_no: number | null }>(
    "SELECT max(participant_no) AS participant_no FROM participants WHERE tenant_no = $1",
    tenantNo,
  );
  const first = (last?.participant_no ?? 0) + 1;
  for (let at = 0; at < people.length;) {
    const count = people.length - at >= AT_ONCE ? AT_ONCE : 1;
    const rows = people
      .slice(at, at + count)
      .flatMap((who, i) => [
        tenantNo,
        first + at + i,
        who.participantId,
        who.fqid,
        who.localId,
        who.serverName,
        who.participantType,
        who.displayName,
        searchText(who),
        who.avatarUrl,
        JSON.stringify(who.roles),
        who.defaultMode,
        who.locale,
        who.timezone,
        who.autoJoin ? 1 : 0,
        who.personalWorkspaceId,
        tx.now,
        who.registeredAt,
      ]);
    await tx.run(
      "INSERT INTO participants (tenant_no, participant_no, participant_id, fqid, local_id, server_name, participant_type, " +
        "display_name, search_text, avatar_url, roles, default_mode, locale, timezone, auto_join, personal_workspace_id, " +
        `created_at, registered_at) VALUES ${rowMarks(count, COLUMNS)}`,
      ...rows,
    );
    at += count;
  }
  return people.map((_, i) => first + i);
}

/** Writes everything of a participant that can change; that one of ours is called something else is to be told elsewhere. */
export async function saveParticipant(tx: Tx, tenantNo: number, who: Participant): Promise<void> {
  await tx.run(
    `INSERT INTO changed_profiles (tenant_no, participant_no) SELECT tenant_no, participant_no FROM participants
     WHERE tenant_no = $1 AND participant_no = $2 AND display_name <> $3 AND participant_type <> 'federated'
     ON CONFLICT (tenant_no, participant_no) DO NOTHING`,
    tenantNo,
    who.participantNo,
    who.displayName,
  );
  await tx.run(
    "UPDATE participants SET display_name = $3, search_text = $4, avatar_url = $5, roles = $6, default_mode = $7, locale = $8, " +
      "timezone = $9, auto_join = $10, personal_workspace_id = $11, registered_at = $12, deactivated_at = $13 " +
      "WHERE tenant_no = $1 AND participant_no = $2",
    tenantNo,
    who.participantNo,
    who.displayName,
    searchText(who),
    who.avatarUrl,
    JSON.stringify(who.roles),
    who.defaultMode,
    who.locale,
    who.timezone,
    who.autoJoin ? 1 : 0,
    who.personalWorkspaceId,
    who.registeredAt,
    who.deactivatedAt,
  );
}

/** Some of our own people who are called something else since other servers were told of them. */
export async function listChangedProfiles(
  reader: Reader,
  limit: number,
): Promise<{ tenantNo: number; participantNo: number }[]> {
  const rows = await reader.all<{ tenant_no: number; participant_no: number }>(
    "SELECT tenant_no, participant_no FROM changed_profiles LIMIT $1",
    limit,
  );
  return rows.map((row) => ({ tenantNo: row.tenant_no, participantNo: row.participant_no }));
}

/** It is settled who is to be told. Answers whether that was still to be done. */
export async function deleteChangedProfile(tx: Tx, tenantNo: number, participantNo: number): Promise<boolean> {
  const sql = "DELETE FROM changed_profiles WHERE tenant_no = $1 AND participant_no = $2";
  return (await tx.run(sql, tenantNo, participantNo)) > 0;
}

export function toParticipant(row: ParticipantRow): Participant {
  return {
    participantNo: row.participant_no,
    participantId: row.participant_id,
    fqid: row.fqid,
    localId: row.local_id,
    serverName: row.server_name,
    participantType: row.participant_type,
    displayName: row.display_name,
    avatarUrl: row.avatar_url,
    roles: JSON.parse(row.roles) as string[],
    defaultMode: row.default_mode,
    locale: row.locale,
    timezone: row.timezone,
    autoJoin: row.auto_join === 1,
    personalWorkspaceId: row.personal_workspace_id,
    createdAt: row.created_at,
    registeredAt: row.registered_at,
    deactivatedAt: row.deactivated_at,
  };
}

/** Who is of another server is found by its name too. */
function searchText({ participantType, localId, fqid, displayName }: Omit<Participant, "participantNo" | "createdAt">) {
  return searchFold(`${participantType === "federated" ? fqid : localId}\n${displayName}`);
}
