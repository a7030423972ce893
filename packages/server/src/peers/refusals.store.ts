import type { EventId, RoomId } from "@stairwell/protocol";
import type { WireRefusal } from "@stairwell/protocol/federation";
import type { Reader, Tx } from "../db/index.ts";

/** What somebody said in a room of another server, and what it was refused with there (FD13). */
export interface Refusal {
  readonly id: EventId;
  readonly roomId: RoomId;
  readonly error: WireRefusal;
}

/** Keeps a refusal for its person; `seq` is the tenant's newest sequence. */
export function insertRefusal(
  tx: Tx,
  tenantNo: number,
  participantNo: number,
  { id, roomId, error }: Refusal,
  seq: number,
): Promise<number> {
  return tx.run(
    `INSERT INTO refusals (tenant_no, participant_no, event_id, room_id, error, seq, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_no, participant_no, event_id) DO NOTHING`,
    tenantNo,
    participantNo,
    id,
    roomId,
    JSON.stringify(error),
    seq,
    tx.now,
  );
}

/** Its person was told by the answer to their own request. */
export function deleteRefusal(tx: Tx, tenantNo: number, participantNo: number, id: EventId): Promise<number> {
  return tx.run(
    "DELETE FROM refusals WHERE tenant_no = $1 AND participant_no = $2 AND event_id = $3",
    tenantNo,
    participantNo,
    id,
  );
}

/** A refusal as it is kept: `seq` is the tenant's newest sequence of then. */
export interface KeptRefusal extends Refusal {
  readonly seq: number;
}

/** What somebody was refused since a sequence, the earliest first. */
export async function listRefusals(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
  since: number,
  limit: number,
): Promise<KeptRefusal[]> {
  const rows = await reader.all<{ event_id: EventId; room_id: RoomId; error: string; seq: number }>(
    `SELECT event_id, room_id, error, seq FROM refusals
     WHERE tenant_no = $1 AND participant_no = $2 AND seq >= $3 ORDER BY at, event_id LIMIT $4`,
    tenantNo,
    participantNo,
    since,
    limit,
  );
  return rows.map(({ event_id: id, room_id: roomId, error, seq }) => ({
    id,
    roomId,
    error: JSON.parse(error) as WireRefusal,
    seq,
  }));
}

/** Forgets those of before a time (Unix milliseconds), so many at once; answers how many. */
export function deleteOldRefusals(tx: Tx, before: number, limit: number): Promise<number> {
  return tx.run(
    `DELETE FROM refusals WHERE (tenant_no, participant_no, event_id) IN (
       SELECT tenant_no, participant_no, event_id FROM refusals WHERE at < $1 LIMIT $2)`,
    before,
    limit,
  );
}
