import type { Tx } from "../db/index.ts";
import type { RoomRef } from "./event.ts";

type Room = Pick<RoomRef, "tenantNo" | "roomNo">;

/** The event at a position came without its content, or with what a wiped reason left of it. */
export function insertUnsaid(tx: Tx, { tenantNo, roomNo }: Room, position: number): Promise<number> {
  return tx.run("INSERT INTO unsaid (tenant_no, room_no, position) VALUES ($1, $2, $3)", tenantNo, roomNo, position);
}

export function deleteUnsaidBeyond(tx: Tx, { tenantNo, roomNo }: Room, position: number): Promise<number> {
  return tx.run(
    "DELETE FROM unsaid WHERE tenant_no = $1 AND room_no = $2 AND position > $3",
    tenantNo,
    roomNo,
    position,
  );
}
