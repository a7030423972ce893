import { listOf, type Reader } from "../db/index.ts";

/**
 * Servers whose people were in rooms by when the sharing of those ended (FD10), by the rooms' numbers, of which none is shared
 * now; rooms that no other server had are not in it.
 */
export async function listFormerServers(
  reader: Reader,
  tenantNo: number,
  roomNos: readonly number[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const former = new Map<number, string[]>();
  if (roomNos.length === 0) return former;
  const { marks, values } = listOf(roomNos, 2);
  const rows = await reader.all<{ room_no: number; server_name: string }>(
    `SELECT room_no, server_name FROM deliveries
     WHERE tenant_no = $1 AND room_no IN (${marks.join(", ")}) AND first_position IS NOT NULL
     ORDER BY room_no, server_name`,
    tenantNo,
    ...values,
  );
  for (const { room_no, server_name } of rows) former.set(room_no, [...(former.get(room_no) ?? []), server_name]);
  return former;
}
