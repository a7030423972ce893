import type { SignedHead, WireState } from "@stairwell/protocol/federation";
import type { Reader } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

type Room = Pick<RoomRef, "tenantNo" | "roomNo">;

/** What is on record of a room that another server orders, beside its log and rows. */
export interface ReplicaRow {
  readonly state: string;
  readonly oldest: number | null;
  readonly base: WireState | null;
  readonly head: SignedHead | null;
  /** Its hub has said two things once: what was here may have been given up for what is (FD17). */
  readonly hadTwo: boolean;
}

export async function findReplicaRow(reader: Reader, at: Room): Promise<ReplicaRow | undefined> {
  const row = await reader.get<{
    state: string;
    oldest_position: number | null;
    base_state: string | null;
    head: string | null;
    had_two: number;
  }>(
    "SELECT state, oldest_position, base_state, head, CASE WHEN proofs IS NULL THEN 0 ELSE 1 END AS had_two FROM replicas WHERE tenant_no = $1 AND room_no = $2",
    at.tenantNo,
    at.roomNo,
  );
  if (row === undefined) return undefined;
  return {
    state: row.state,
    oldest: row.oldest_position,
    base: row.base_state === null ? null : (JSON.parse(row.base_state) as WireState),
    head: row.head === null ? null : (JSON.parse(row.head) as SignedHead),
    hadTwo: row.had_two === 1,
  };
}

/** How a room is shared with another server, as the log says too, and how much of it that server confirmed. */
export interface DeliveryRow {
  readonly server_name: string;
  readonly joined: number;
  readonly invited: number;
  readonly first_position: number | null;
  readonly last_position: number | null;
  readonly confirmed_position: number;
}

export function listDeliveryRows(reader: Reader, at: Room): Promise<DeliveryRow[]> {
  return reader.all<DeliveryRow>(
    `SELECT server_name, joined, invited, first_position, last_position, confirmed_position FROM deliveries
     WHERE tenant_no = $1 AND room_no = $2`,
    at.tenantNo,
    at.roomNo,
  );
}

/** Rows about shared rooms whose room is not there. */
export async function countStrayShares(reader: Reader): Promise<number> {
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM (SELECT tenant_no, room_no FROM replicas UNION ALL SELECT tenant_no, room_no FROM deliveries) s
     WHERE NOT EXISTS (SELECT 1 FROM rooms r WHERE r.tenant_no = s.tenant_no AND r.room_no = s.room_no)`,
  );
  return row!.n;
}
