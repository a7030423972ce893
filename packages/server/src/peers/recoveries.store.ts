import type { Reader, Tx } from "../db/index.ts";

interface Room {
  readonly tenantNo: number;
  readonly roomNo: number;
}

/** A server that is still to be asked, after the store was restored, what of a room's log it has. */
export interface Recovery extends Room {
  readonly serverName: string;
  readonly lastError: string | null;
}

interface Row {
  tenant_no: number;
  room_no: number;
  server_name: string;
  last_error: string | null;
}

/**
 * The store is an older copy of itself: of each room that is shared, the servers that have its log are to be asked (FD17).
 * Answers how many times.
 */
export async function markRestored(tx: Tx): Promise<number> {
  const ours = await tx.run(
    `INSERT INTO recoveries (tenant_no, room_no, server_name)
     SELECT tenant_no, room_no, server_name FROM deliveries WHERE joined + invited > 0
     ON CONFLICT (tenant_no, room_no, server_name) DO NOTHING`,
  );
  const theirs = await tx.run(
    `INSERT INTO recoveries (tenant_no, room_no, server_name)
     SELECT q.tenant_no, q.room_no, r.hub FROM replicas q
       JOIN rooms r ON r.tenant_no = q.tenant_no AND r.room_no = q.room_no
     WHERE q.state IN ('live', 'paused')
     ON CONFLICT (tenant_no, room_no, server_name) DO NOTHING`,
  );
  return ours + theirs;
}

/** Who is still to be asked about a room. */
export async function listRecoveriesOf(reader: Reader, at: Room): Promise<Recovery[]> {
  const rows = await reader.all<Row>(
    `SELECT tenant_no, room_no, server_name, last_error FROM recoveries
     WHERE tenant_no = $1 AND room_no = $2 ORDER BY server_name`,
    at.tenantNo,
    at.roomNo,
  );
  return rows.map(toRecovery);
}

/** What is still to be asked, of all tenants or of one. */
export async function listRecoveries(reader: Reader, tenantNo: number | null, limit: number): Promise<Recovery[]> {
  const where = tenantNo === null ? "" : "WHERE tenant_no = $2";
  const rows = await reader.all<Row>(
    `SELECT tenant_no, room_no, server_name, last_error FROM recoveries ${where}
     ORDER BY tenant_no, server_name, room_no LIMIT $1`,
    limit,
    ...(tenantNo === null ? [] : [tenantNo]),
  );
  return rows.map(toRecovery);
}

function toRecovery(row: Row): Recovery {
  return {
    tenantNo: row.tenant_no,
    roomNo: row.room_no,
    serverName: row.server_name,
    lastError: row.last_error,
  };
}

/** A server has answered for a room. */
export function endRecovery(tx: Tx, at: Room, serverName: string): Promise<number> {
  return tx.run(
    "DELETE FROM recoveries WHERE tenant_no = $1 AND room_no = $2 AND server_name = $3",
    at.tenantNo,
    at.roomNo,
    serverName,
  );
}

/** Nobody waits for a server any more; answers for how many rooms somebody did. */
export function endRecoveriesOf(tx: Tx, tenantNo: number, serverName: string): Promise<number> {
  return tx.run("DELETE FROM recoveries WHERE tenant_no = $1 AND server_name = $2", tenantNo, serverName);
}

export function noteRecoveryError(tx: Tx, at: Room, serverName: string, error: string): Promise<number> {
  return tx.run(
    "UPDATE recoveries SET last_error = $4 WHERE tenant_no = $1 AND room_no = $2 AND server_name = $3",
    at.tenantNo,
    at.roomNo,
    serverName,
    error,
  );
}
