import type { Reader, Tx } from "../db/index.ts";

export function insertLoose(tx: Tx, tenantNo: number, mediaNo: number): Promise<number> {
  return tx.run("INSERT INTO loose_media (tenant_no, media_no, since) VALUES ($1, $2, $3)", tenantNo, mediaNo, tx.now);
}

export function deleteLoose(tx: Tx, tenantNo: number, mediaNo: number): Promise<number> {
  return tx.run("DELETE FROM loose_media WHERE tenant_no = $1 AND media_no = $2", tenantNo, mediaNo);
}

/** What its uploader said may still be on the way to the hub of a room, and name it (FD13). */
const NOT_AWAITED = `NOT EXISTS (SELECT 1 FROM media m JOIN proposals p ON p.tenant_no = m.tenant_no
  WHERE m.tenant_no = l.tenant_no AND m.media_no = l.media_no AND p.participant_no = m.uploader_no
    AND p.state IN ('waiting', 'sent'))`;

/** Any tenant with a medium that was loose before a time, Unix milliseconds. */
export async function findLooseTenant(reader: Reader, before: number): Promise<number | undefined> {
  const row = await reader.get<{ tenant_no: number }>(
    `SELECT tenant_no FROM loose_media l WHERE since < $1 AND ${NOT_AWAITED} ORDER BY since LIMIT 1`,
    before,
  );
  return row?.tenant_no;
}

/** The numbers of a tenant's media that were loose before a time, Unix milliseconds. */
export async function listLooseSince(
  reader: Reader,
  tenantNo: number,
  before: number,
  limit: number,
): Promise<number[]> {
  const rows = await reader.all<{ media_no: number }>(
    `SELECT media_no FROM loose_media l WHERE tenant_no = $1 AND since < $2 AND ${NOT_AWAITED} ORDER BY since LIMIT $3`,
    tenantNo,
    before,
    limit,
  );
  return rows.map((row) => row.media_no);
}

interface RoomNumber {
  readonly tenantNo: number;
  readonly roomNo: number;
}

/** The room's media cannot be opened any more, if it has any: they are to be swept. */
export function insertUnsweptMedia(tx: Tx, { tenantNo, roomNo }: RoomNumber): Promise<number> {
  return tx.run(
    `INSERT INTO unswept_media (tenant_no, room_no)
     SELECT $1, $2 WHERE EXISTS (SELECT 1 FROM blobs WHERE tenant_no = $1 AND room_no = $2)`,
    tenantNo,
    roomNo,
  );
}

/** Any room whose media are to be swept. */
export async function findUnsweptMedia(reader: Reader): Promise<RoomNumber | undefined> {
  const row = await reader.get<{ tenant_no: number; room_no: number }>(
    "SELECT tenant_no, room_no FROM unswept_media LIMIT 1",
  );
  return row && { tenantNo: row.tenant_no, roomNo: row.room_no };
}

export async function isUnsweptMedia(reader: Reader, { tenantNo, roomNo }: RoomNumber): Promise<boolean> {
  const row = await reader.get("SELECT 1 FROM unswept_media WHERE tenant_no = $1 AND room_no = $2", tenantNo, roomNo);
  return row !== undefined;
}

export function deleteUnsweptMedia(tx: Tx, { tenantNo, roomNo }: RoomNumber): Promise<number> {
  return tx.run("DELETE FROM unswept_media WHERE tenant_no = $1 AND room_no = $2", tenantNo, roomNo);
}
