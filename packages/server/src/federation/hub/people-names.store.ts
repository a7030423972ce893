import type { Fqid } from "@stairwell/protocol";
import type { Reader } from "../../db/index.ts";
import type { RoomRef } from "../../events/index.ts";

/** What our own people in a room are called, from one FQID to another. */
export async function listOwnNames(
  reader: Reader,
  { tenantNo, roomNo }: Pick<RoomRef, "tenantNo" | "roomNo">,
  from: Fqid,
  to: Fqid,
): Promise<ReadonlyMap<Fqid, string>> {
  const rows = await reader.all<{ fqid: Fqid; display_name: string }>(
    `SELECT p.fqid, p.display_name FROM participants p
     JOIN members m ON m.tenant_no = p.tenant_no AND m.participant_no = p.participant_no AND m.room_no = $2
     WHERE p.tenant_no = $1 AND p.fqid >= $3 AND p.fqid <= $4 AND p.participant_type <> 'federated'`,
    tenantNo,
    roomNo,
    from,
    to,
  );
  return new Map(rows.map((row) => [row.fqid, row.display_name]));
}
