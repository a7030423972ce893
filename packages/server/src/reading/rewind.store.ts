import type { Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

/** A log is given up beyond its new end (FD17): nobody is mentioned there, and nobody has read further. */
export async function rewindReading(
  tx: Tx,
  { tenantNo, roomNo }: Pick<RoomRef, "tenantNo" | "roomNo">,
  end: { readonly position: number; readonly ordinal: number },
): Promise<void> {
  await tx.run(
    "DELETE FROM mentions WHERE tenant_no = $1 AND room_no = $2 AND (position > $3 OR made_position > $3)",
    tenantNo,
    roomNo,
    end.position,
  );
  await tx.run(
    `UPDATE reading SET read_position = $3, read_ordinal = $4
     WHERE tenant_no = $1 AND room_no = $2 AND read_position > $3`,
    tenantNo,
    roomNo,
    end.position,
    end.ordinal,
  );
}
