import type { Reader } from "../db/index.ts";

export async function countRooms(reader: Reader): Promise<number> {
  return (await reader.get<{ n: number }>("SELECT count(*) AS n FROM rooms"))!.n;
}

/** All rooms of all tenants in the order of their keys, a page at a time. */
export function listRoomKeys(
  reader: Reader,
  after: { tenant_no: number; room_no: number },
  limit: number,
): Promise<{ tenant_no: number; room_no: number }[]> {
  return reader.all(
    "SELECT tenant_no, room_no FROM rooms WHERE (tenant_no, room_no) > ($1, $2) ORDER BY tenant_no, room_no LIMIT $3",
    after.tenant_no,
    after.room_no,
    limit,
  );
}

/** Events whose room has no row. */
export async function countOrphans(reader: Reader): Promise<number> {
  const row = await reader.get<{ n: number }>(
    "SELECT count(*) AS n FROM (SELECT DISTINCT tenant_no, room_no FROM events) e " +
      "WHERE NOT EXISTS (SELECT 1 FROM rooms r WHERE r.tenant_no = e.tenant_no AND r.room_no = e.room_no)",
  );
  return row!.n;
}

/** Read markers beyond the end of their room. */
export async function countLostMarkers(reader: Reader): Promise<number> {
  const row = await reader.get<{ n: number }>(
    "SELECT count(*) AS n FROM reading d WHERE NOT EXISTS (SELECT 1 FROM events e " +
      "WHERE e.tenant_no = d.tenant_no AND e.room_no = d.room_no AND e.position = d.read_position)",
  );
  return row!.n;
}

/** What the engine itself finds wrong with its file; empty when it is sound. */
export async function findDamage(reader: Reader): Promise<string[]> {
  const rows = await reader.all<{ integrity_check: string }>("PRAGMA integrity_check(20)");
  return rows.map((row) => row.integrity_check).filter((line) => line !== "ok");
}
