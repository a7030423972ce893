import type { Fqid } from "@stairwell/protocol";
import type { Reader, Tx } from "../../db/index.ts";

/** Somebody of another server, as far as it matters for what they are called. */
export interface Known {
  readonly participantNo: number;
  readonly serverName: string;
}

/** What was heard of somebody counts for so long; then their server is asked again when they are seen to join. */
const FRESH_MS = 24 * 3_600_000;

/** Somebody is here of whom their server has not said lately what they are called: it is to be asked. */
export async function seekProfile(tx: Tx, tenantNo: number, { participantNo, serverName }: Known): Promise<void> {
  await tx.run(
    `INSERT INTO foreign_profiles (tenant_no, participant_no, server_name, heard_at, due_at) VALUES ($1, $2, $3, NULL, $4)
     ON CONFLICT (tenant_no, participant_no) DO UPDATE SET due_at = coalesce(foreign_profiles.due_at, excluded.due_at)
     WHERE foreign_profiles.heard_at IS NULL OR foreign_profiles.heard_at <= $5`,
    tenantNo,
    participantNo,
    serverName,
    tx.now,
    tx.now - FRESH_MS,
  );
}

/** How often anything was heard of what somebody is called; 0 of who is not known here. */
export async function countHeard(reader: Reader, tenantNo: number, fqid: Fqid): Promise<number> {
  const row = await reader.get<{ heard: number }>(
    `SELECT f.heard FROM foreign_profiles f
     JOIN participants p ON p.tenant_no = f.tenant_no AND p.participant_no = f.participant_no
     WHERE p.tenant_no = $1 AND p.fqid = $2`,
    tenantNo,
    fqid,
  );
  return row?.heard ?? 0;
}

/**
 * A server has told what somebody is called, of itself. With `isToBeAsked` it is asked as well; where it was to be anyway, it
 * still is.
 */
export async function noteTold(
  tx: Tx,
  tenantNo: number,
  { participantNo, serverName }: Known,
  isToBeAsked: boolean,
): Promise<void> {
  await tx.run(
    `INSERT INTO foreign_profiles (tenant_no, participant_no, server_name, heard_at, due_at, heard) VALUES ($1, $2, $3, $4, $5, 1)
     ON CONFLICT (tenant_no, participant_no) DO UPDATE SET heard_at = excluded.heard_at,
       due_at = coalesce(foreign_profiles.due_at, excluded.due_at), heard = foreign_profiles.heard + 1`,
    tenantNo,
    participantNo,
    serverName,
    tx.now,
    isToBeAsked ? tx.now : null,
  );
}

/**
 * A server has answered what somebody is called, or that it says nothing of them. `before`: how often anything had been heard
 * when it was asked. False where more was heard since: the answer may be of before that, and nothing is noted.
 */
export async function noteAnswered(
  tx: Tx,
  tenantNo: number,
  { participantNo, serverName }: Known,
  before: number,
): Promise<boolean> {
  const noted = await tx.run(
    `INSERT INTO foreign_profiles (tenant_no, participant_no, server_name, heard_at, due_at, heard) VALUES ($1, $2, $3, $4, NULL, 1)
     ON CONFLICT (tenant_no, participant_no) DO UPDATE SET heard_at = excluded.heard_at, due_at = NULL,
       heard = foreign_profiles.heard + 1 WHERE foreign_profiles.heard = $5`,
    tenantNo,
    participantNo,
    serverName,
    tx.now,
    before,
  );
  return noted > 0;
}

/** Servers that are to be asked about anybody by a time, Unix milliseconds: those first who have waited longest. */
export async function listSoughtServers(
  reader: Reader,
  now: number,
  limit: number,
): Promise<{ tenantNo: number; serverName: string }[]> {
  const rows = await reader.all<{ tenant_no: number; server_name: string }>(
    `SELECT tenant_no, server_name FROM foreign_profiles WHERE due_at <= $1
     GROUP BY tenant_no, server_name ORDER BY min(due_at), tenant_no, server_name LIMIT $2`,
    now,
    limit,
  );
  return rows.map((row) => ({ tenantNo: row.tenant_no, serverName: row.server_name }));
}

/** Some of those about whom a server is to be asked now, with how often anything was heard of them. */
export async function listSought(
  reader: Reader,
  tenantNo: number,
  serverName: string,
  now: number,
  limit: number,
): Promise<{ fqid: Fqid; heard: number }[]> {
  return reader.all<{ fqid: Fqid; heard: number }>(
    `SELECT p.fqid, f.heard FROM foreign_profiles f
     JOIN participants p ON p.tenant_no = f.tenant_no AND p.participant_no = f.participant_no
     WHERE f.tenant_no = $1 AND f.server_name = $2 AND f.due_at <= $3 ORDER BY f.due_at LIMIT $4`,
    tenantNo,
    serverName,
    now,
    limit,
  );
}

/** A server cannot be asked now: about nobody of it before a time, Unix milliseconds. */
export function putOff(tx: Tx, tenantNo: number, serverName: string, dueAt: number): Promise<number> {
  return tx.run(
    "UPDATE foreign_profiles SET due_at = $3 WHERE tenant_no = $1 AND server_name = $2 AND due_at < $3",
    tenantNo,
    serverName,
    dueAt,
  );
}
