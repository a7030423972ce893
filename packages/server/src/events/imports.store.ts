import type { RoomId } from "@stairwell/protocol";
import type { Reader, Tx } from "../db/index.ts";

interface RoomNumber {
  readonly tenantNo: number;
  readonly roomNo: number;
}

/** A log that is imported over several commits. Its number is taken, and nobody sees the room. */
export function insertImport(
  tx: Tx,
  { tenantNo, roomNo, roomId }: RoomNumber & { roomId: RoomId },
  participantNo: number,
  firstSeq: number,
): Promise<number> {
  return tx.run(
    "INSERT INTO imports (tenant_no, room_no, room_id, participant_no, first_seq) VALUES ($1, $2, $3, $4, $5)",
    tenantNo,
    roomNo,
    roomId,
    participantNo,
    firstSeq,
  );
}

/** The room is seen from the commit of this sequence on, and its media are its own. */
export async function endImport(tx: Tx, { tenantNo, roomNo }: RoomNumber, lastSeq: number): Promise<void> {
  await tx.run("UPDATE imports SET last_seq = $3 WHERE tenant_no = $1 AND room_no = $2", tenantNo, roomNo, lastSeq);
  await tx.run("DELETE FROM import_media WHERE tenant_no = $1 AND room_no = $2", tenantNo, roomNo);
}

/** Logs that no room was made of. */
export async function listUnended(reader: Reader): Promise<RoomNumber[]> {
  const rows = await reader.all<{ tenant_no: number; room_no: number }>(
    "SELECT tenant_no, room_no FROM imports WHERE last_seq IS NULL",
  );
  return rows.map((row) => ({ tenantNo: row.tenant_no, roomNo: row.room_no }));
}

export function deleteImport(tx: Tx, { tenantNo, roomNo }: RoomNumber): Promise<number> {
  return tx.run("DELETE FROM imports WHERE tenant_no = $1 AND room_no = $2", tenantNo, roomNo);
}

/** A medium came with an import; it goes with it where that does not end. */
export function insertImportMedium(tx: Tx, { tenantNo, roomNo }: RoomNumber, mediaId: string): Promise<number> {
  return tx.run(
    "INSERT INTO import_media (tenant_no, room_no, media_id) VALUES ($1, $2, $3)",
    tenantNo,
    roomNo,
    mediaId,
  );
}

export async function listImportMedia(
  reader: Reader,
  { tenantNo, roomNo }: RoomNumber,
  limit: number,
): Promise<string[]> {
  const rows = await reader.all<{ media_id: string }>(
    "SELECT media_id FROM import_media WHERE tenant_no = $1 AND room_no = $2 LIMIT $3",
    tenantNo,
    roomNo,
    limit,
  );
  return rows.map((row) => row.media_id);
}

export function deleteImportMedium(tx: Tx, { tenantNo, roomNo }: RoomNumber, mediaId: string): Promise<number> {
  return tx.run(
    "DELETE FROM import_media WHERE tenant_no = $1 AND room_no = $2 AND media_id = $3",
    tenantNo,
    roomNo,
    mediaId,
  );
}

/** The highest number that an import has taken in a tenant, 0 for none. */
export async function newestImportNo(reader: Reader, tenantNo: number): Promise<number> {
  const row = await reader.get<{ no: number | null }>(
    "SELECT max(room_no) AS no FROM imports WHERE tenant_no = $1",
    tenantNo,
  );
  return row?.no ?? 0;
}

/**
 * Whether a person's room came to be seen after a place in the tenant's commits, by one of several that wrote it. Some of
 * its events may be from before that place, and of places among them nobody can tell what was told: whoever comes back
 * from before the room was seen reloads.
 */
export async function cameIntoSight(
  reader: Reader,
  tenantNo: number,
  participantNo: number,
  seq: number,
): Promise<boolean> {
  const row = await reader.get(
    "SELECT 1 FROM imports WHERE tenant_no = $1 AND participant_no = $2 AND last_seq > $3 LIMIT 1",
    tenantNo,
    participantNo,
    seq,
  );
  return row !== undefined;
}

/** Takes the newest events of a log that nobody sees off the record; answers how many. */
export function deleteUnseen(tx: Tx, { tenantNo, roomNo }: RoomNumber, most: number): Promise<number> {
  return tx.run(
    `DELETE FROM events WHERE (tenant_no, room_no, position) IN (SELECT tenant_no, room_no, position FROM events
       WHERE tenant_no = $1 AND room_no = $2 ORDER BY position DESC LIMIT $3)
     AND NOT EXISTS (SELECT 1 FROM rooms WHERE tenant_no = $1 AND room_no = $2)`,
    tenantNo,
    roomNo,
    most,
  );
}
