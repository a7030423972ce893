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

/** Their server has said what somebody is called, or that it says nothing of them. */
export async function noteHeard(tx: Tx, tenantNo: number, { participantNo, serverName }: Known): Promise<void> {
  await tx.run(
    `INSERT INTO foreign_profiles (tenant_no, participant_no, server_name, heard_at, due_at) VALUES ($1, $2, $3, $4, NULL)
     ON CONFLICT (tenant_no, participant_no) DO UPDATE SET heard_at = excluded.heard_at, due_at = NULL`,
    tenantNo,
    participantNo,
    serverName,
    tx.now,
  );
}

/** Servers that are to be asked about anybody by a time, Unix milliseconds. */
export async function listSoughtServers(
  reader: Reader,
  now: number,
  limit: number,
): Promise<{ tenantNo: number; serverName: string }[]> {
  const rows = await reader.all<{ tenant_no: number; server_name: string }>(
    "SELECT DISTINCT tenant_no, server_name FROM foreign_profiles WHERE due_at <= $1 LIMIT $2",
    now,
    limit,
  );
  return rows.map((row) => ({ tenantNo: row.tenant_no, serverName: row.server_name }));
}

/** Some of those about whom a server is to be asked now. */
export async function listSought(
  reader: Reader,
  tenantNo: number,
  serverName: string,
  now: number,
  limit: number,
): Promise<{ participantNo: number; fqid: Fqid }[]> {
  const rows = await reader.all<{ participant_no: number; fqid: Fqid }>(
    `SELECT f.participant_no, p.fqid FROM foreign_profiles f
     JOIN participants p ON p.tenant_no = f.tenant_no AND p.participant_no = f.participant_no
     WHERE f.tenant_no = $1 AND f.server_name = $2 AND f.due_at <= $3 ORDER BY f.due_at LIMIT $4`,
    tenantNo,
    serverName,
    now,
    limit,
  );
  return rows.map((row) => ({ participantNo: row.participant_no, fqid: row.fqid }));
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
