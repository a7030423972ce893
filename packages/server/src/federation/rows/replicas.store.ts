import type { RoomId } from "@stairwell/protocol";
import type { SignedHead, WireEvent, WireState } from "@stairwell/protocol/federation";
import type { Reader, Tx } from "../../db/index.ts";
import type { RoomRef } from "../../events/index.ts";

type Room = Pick<RoomRef, "tenantNo" | "roomNo">;

/** How it stands with a room of another server: `conflict` has two truths of its hub (FD17), `ended` is shared no more. */
export type ReplicaState = "invited" | "live" | "paused" | "conflict" | "ended";

/** One of two logs that a hub has signed: by the chain, its head covers its event at the position where they part (FD17). */
export interface Proof {
  /** Of that event. */
  readonly position: number;
  readonly hash: string;
  readonly head: SignedHead;
  /** From that event, or the one after it, to the head, without what they say: envelopes are what was hashed. */
  readonly events: readonly Omit<WireEvent, "content" | "salt">[];
  /** An administrator's choice. */
  readonly chosen?: true;
}

export interface Replica {
  readonly state: ReplicaState;
  readonly oldestPosition: number | null;
  readonly basePosition: number | null;
  readonly baseState: WireState | null;
  readonly head: SignedHead | null;
  /** The one that is here, and the other. */
  readonly proofs: readonly Proof[];
}

export async function findReplica(reader: Reader, at: Room): Promise<Replica | undefined> {
  const row = await reader.get<{
    state: ReplicaState;
    oldest_position: number | null;
    base_position: number | null;
    base_state: string | null;
    head: string | null;
    proofs: string | null;
  }>(
    `SELECT state, oldest_position, base_position, base_state, head, proofs FROM replicas
     WHERE tenant_no = $1 AND room_no = $2`,
    at.tenantNo,
    at.roomNo,
  );
  if (row === undefined) return undefined;
  return {
    state: row.state,
    oldestPosition: row.oldest_position,
    basePosition: row.base_position,
    baseState: row.base_state === null ? null : (JSON.parse(row.base_state) as WireState),
    head: row.head === null ? null : (JSON.parse(row.head) as SignedHead),
    proofs: row.proofs === null ? [] : (JSON.parse(row.proofs) as Proof[]),
  };
}

/** How it stands with a room alone: a base state may be large. */
export async function findReplicaState(reader: Reader, at: Room): Promise<ReplicaState | undefined> {
  const row = await reader.get<{ state: ReplicaState }>(
    "SELECT state FROM replicas WHERE tenant_no = $1 AND room_no = $2",
    at.tenantNo,
    at.roomNo,
  );
  return row?.state;
}

export async function saveReplica(tx: Tx, at: Room, replica: Replica): Promise<void> {
  await tx.run(
    `INSERT INTO replicas (tenant_no, room_no, state, oldest_position, base_position, base_state, head, proofs)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (tenant_no, room_no) DO UPDATE SET state = excluded.state, oldest_position = excluded.oldest_position,
       base_position = excluded.base_position, base_state = excluded.base_state, head = excluded.head,
       proofs = excluded.proofs`,
    at.tenantNo,
    at.roomNo,
    replica.state,
    replica.oldestPosition,
    replica.basePosition,
    replica.baseState === null ? null : JSON.stringify(replica.baseState),
    replica.head === null ? null : JSON.stringify(replica.head),
    replica.proofs.length === 0 ? null : JSON.stringify(replica.proofs),
  );
}

/** Moves the newest head alone: a base state may be large. */
export function saveReplicaHead(tx: Tx, at: Room, head: SignedHead): Promise<number> {
  return tx.run(
    "UPDATE replicas SET head = $3 WHERE tenant_no = $1 AND room_no = $2",
    at.tenantNo,
    at.roomNo,
    JSON.stringify(head),
  );
}

export function saveReplicaState(tx: Tx, at: Room, state: ReplicaState): Promise<number> {
  return tx.run("UPDATE replicas SET state = $3 WHERE tenant_no = $1 AND room_no = $2", at.tenantNo, at.roomNo, state);
}

export function saveOldestPosition(tx: Tx, at: Room, position: number): Promise<number> {
  return tx.run(
    "UPDATE replicas SET oldest_position = $3 WHERE tenant_no = $1 AND room_no = $2",
    at.tenantNo,
    at.roomNo,
    position,
  );
}

/** How many rooms of a server are known by an invite alone; counted up to a number. */
export async function countInvitedTo(reader: Reader, tenantNo: number, hub: string, upTo: number): Promise<number> {
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM (
       SELECT 1 FROM replicas p JOIN rooms r ON r.tenant_no = p.tenant_no AND r.room_no = p.room_no
       WHERE p.tenant_no = $1 AND p.state = 'invited' AND r.hub = $2 LIMIT $3) AS invited`,
    tenantNo,
    hub,
    upTo,
  );
  return row!.n;
}

/** An invite to a room of another server that stands open, of somebody who accepts every invite. */
export interface EagerInvite {
  readonly tenantNo: number;
  readonly roomNo: number;
  readonly participantNo: number;
  readonly roomId: RoomId;
}

/**
 * So many of them, those behind `after` first, and then from the first on: whoever asks with the last that it was told comes to
 * all, however many of them one server keeps open.
 */
export async function listEagerInvites(
  reader: Reader,
  after: Omit<EagerInvite, "roomId"> | undefined,
  limit: number,
): Promise<EagerInvite[]> {
  const rows = await reader.all<{ tenant_no: number; room_no: number; participant_no: number; room_id: RoomId }>(
    `SELECT m.tenant_no, m.room_no, m.participant_no, r.room_id FROM replicas q
     JOIN rooms r ON r.tenant_no = q.tenant_no AND r.room_no = q.room_no
     JOIN members m ON m.tenant_no = q.tenant_no AND m.room_no = q.room_no
     JOIN participants p ON p.tenant_no = m.tenant_no AND p.participant_no = m.participant_no
     WHERE q.state IN ('invited', 'live') AND m.membership = 'invite' AND p.auto_join = 1
       AND p.participant_type <> 'federated' AND p.deactivated_at IS NULL
     ORDER BY (m.tenant_no, m.room_no, m.participant_no) <= ($1, $2, $3), m.tenant_no, m.room_no, m.participant_no LIMIT $4`,
    after?.tenantNo ?? 0,
    after?.roomNo ?? 0,
    after?.participantNo ?? 0,
    limit,
  );
  return rows.map((row) => ({
    tenantNo: row.tenant_no,
    roomNo: row.room_no,
    participantNo: row.participant_no,
    roomId: row.room_id,
  }));
}
