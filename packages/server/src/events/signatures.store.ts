import type { Reader, Tx } from "../db/index.ts";
import type { RoomRef } from "./event.ts";

/** What another server's key says to the proposal of one of its people (FD4). */
export interface Signature {
  readonly keyId: string;
  /** Base64. */
  readonly value: string;
}

/** Events of this server's own people have none: their hub says to them by its heads. */
export function insertSignature(tx: Tx, ref: RoomRef, position: number, { keyId, value }: Signature): Promise<number> {
  return tx.run(
    "INSERT INTO signatures (tenant_no, room_no, position, key_id, value) VALUES ($1, $2, $3, $4, $5)",
    ref.tenantNo,
    ref.roomNo,
    position,
    keyId,
    value,
  );
}

/** The signatures of the events from one position to another, both included. */
export async function listSignatures(
  reader: Reader,
  ref: RoomRef,
  from: number,
  to: number,
): Promise<ReadonlyMap<number, Signature>> {
  const rows = await reader.all<{ position: number; key_id: string; value: string }>(
    `SELECT position, key_id, value FROM signatures
     WHERE tenant_no = $1 AND room_no = $2 AND position BETWEEN $3 AND $4`,
    ref.tenantNo,
    ref.roomNo,
    from,
    to,
  );
  return new Map(rows.map((row) => [row.position, { keyId: row.key_id, value: row.value }]));
}

export function deleteSignaturesBeyond(
  tx: Tx,
  { tenantNo, roomNo }: Pick<RoomRef, "tenantNo" | "roomNo">,
  position: number,
): Promise<number> {
  return tx.run(
    "DELETE FROM signatures WHERE tenant_no = $1 AND room_no = $2 AND position > $3",
    tenantNo,
    roomNo,
    position,
  );
}
