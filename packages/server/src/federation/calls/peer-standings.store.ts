import type { RoomId } from "@stairwell/protocol";
import type { Reader } from "../../db/index.ts";

/** What waits for a server, besides logs: how much, and since when (Unix milliseconds). */
export interface Waiting {
  readonly count: number;
  readonly since: number | null;
}

/** How far a server has a room of ours. */
export interface Confirmed {
  readonly roomId: RoomId;
  readonly head: number;
  readonly confirmed: number;
  /** What it is due up to, which is less than the head once it shares the room no more. */
  readonly due: number;
  /** When the oldest event was sequenced that it has not confirmed. */
  readonly since: number | null;
  /** Why it did not take what it was sent the last time, how often in a row, and when it is asked again. */
  readonly lastError: string | null;
  readonly tries: number;
  readonly nextTryAt: number | null;
}

/** The names of all servers that a tenant has seen, or shares anything with. */
export async function listServers(reader: Reader, tenantNo: number, limit: number): Promise<string[]> {
  const rows = await reader.all<{ server_name: string }>(
    `SELECT server_name FROM peers WHERE tenant_no = $1
     UNION SELECT server_name FROM deliveries WHERE tenant_no = $1
     UNION SELECT server_name FROM proposals WHERE tenant_no = $1 AND state IN ('waiting', 'sent')
     UNION SELECT server_name FROM outgoing WHERE tenant_no = $1
     ORDER BY server_name LIMIT $2`,
    tenantNo,
    limit,
  );
  return rows.map((row) => row.server_name);
}

/** What our people have proposed to a server, and what it is to be told besides. */
export async function waitingFor(reader: Reader, tenantNo: number, serverName: string): Promise<Waiting> {
  const proposed = await reader.get<{ count: number; since: number | null }>(
    `SELECT count(*) AS count, min(asked_at) AS since FROM proposals
     WHERE tenant_no = $1 AND server_name = $2 AND state IN ('waiting', 'sent')`,
    tenantNo,
    serverName,
  );
  const told = await reader.get<{ count: number }>(
    "SELECT count(*) AS count FROM outgoing WHERE tenant_no = $1 AND server_name = $2",
    tenantNo,
    serverName,
  );
  return { count: proposed!.count + told!.count, since: proposed!.since };
}

export async function listConfirmed(reader: Reader, tenantNo: number, serverName: string): Promise<Confirmed[]> {
  const rows = await reader.all<{
    room_id: RoomId;
    head: number;
    confirmed: number;
    due: number;
    since: number | null;
    last_error: string | null;
    tries: number;
    next_try_at: number | null;
  }>(
    `SELECT room_id, head, confirmed, coalesce(last_position, head) AS due, last_error, tries, next_try_at,
       (SELECT e.hub_ts FROM events e WHERE e.tenant_no = $1 AND e.room_no = shared.room_no
          AND e.position = shared.confirmed + 1 AND shared.confirmed < coalesce(shared.last_position, shared.head)) AS since
     FROM (
       SELECT d.room_no, r.room_id, d.confirmed_position AS confirmed, d.last_position, d.last_error, d.tries, d.next_try_at,
         (SELECT max(e.position) FROM events e WHERE e.tenant_no = d.tenant_no AND e.room_no = d.room_no) AS head
       FROM deliveries d JOIN rooms r ON r.tenant_no = d.tenant_no AND r.room_no = d.room_no
       WHERE d.tenant_no = $1 AND d.server_name = $2 AND d.first_position IS NOT NULL) AS shared
     ORDER BY room_no`,
    tenantNo,
    serverName,
  );
  return rows.map(({ room_id: roomId, last_error: lastError, next_try_at: nextTryAt, ...row }) => ({
    ...row,
    roomId,
    lastError,
    nextTryAt,
  }));
}
