import type { MediaId, RoomId } from "@stairwell/protocol";
import type { Reader, Tx } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

/** The event at a position names a medium; `target` is the message it is part of, which is itself or what it edits. */
export async function insertRef(
  tx: Tx,
  { tenantNo, roomNo }: RoomRef,
  position: number,
  target: number,
  mediaNo: number,
): Promise<void> {
  await tx.run(
    "INSERT INTO media_refs (tenant_no, room_no, position, media_no, target_position) VALUES ($1, $2, $3, $4, $5)",
    tenantNo,
    roomNo,
    position,
    mediaNo,
    target,
  );
  await tx.run("DELETE FROM loose_media WHERE tenant_no = $1 AND media_no = $2", tenantNo, mediaNo);
}

/** Whether it is on record what the event at a position names. */
export async function isNaming(reader: Reader, { tenantNo, roomNo }: RoomRef, position: number): Promise<boolean> {
  const row = await reader.get(
    "SELECT 1 FROM media_refs WHERE tenant_no = $1 AND room_no = $2 AND position = $3",
    tenantNo,
    roomNo,
    position,
  );
  return row !== undefined;
}

/** The medium that the event at a position names. */
export async function findMediaIdAt(
  reader: Reader,
  { tenantNo, roomNo }: RoomRef,
  position: number,
): Promise<MediaId | undefined> {
  const row = await reader.get<{ media_id: MediaId }>(
    `SELECT m.media_id FROM media_refs r JOIN media m ON m.tenant_no = r.tenant_no AND m.media_no = r.media_no
     WHERE r.tenant_no = $1 AND r.room_no = $2 AND r.position = $3`,
    tenantNo,
    roomNo,
    position,
  );
  return row?.media_id;
}

/** Which media a message and its edits name. */
export async function listNamedBy(
  reader: Reader,
  { tenantNo, roomNo }: Pick<RoomRef, "tenantNo" | "roomNo">,
  target: number,
): Promise<number[]> {
  const rows = await reader.all<{ media_no: number }>(
    "SELECT DISTINCT media_no FROM media_refs WHERE tenant_no = $1 AND room_no = $2 AND target_position = $3",
    tenantNo,
    roomNo,
    target,
  );
  return rows.map((row) => row.media_no);
}

/** Takes away what a message and its edits name; answers which media those were, each once. */
export async function deleteRefsOf(tx: Tx, { tenantNo, roomNo }: RoomRef, target: number): Promise<number[]> {
  const named = await listNamedBy(tx, { tenantNo, roomNo }, target);
  if (named.length === 0) return [];
  await tx.run(
    "DELETE FROM media_refs WHERE tenant_no = $1 AND room_no = $2 AND target_position = $3",
    tenantNo,
    roomNo,
    target,
  );
  return named;
}

/** Takes away what is named beyond a position; answers which media those were, each once. */
export async function deleteRefsBeyond(
  tx: Tx,
  { tenantNo, roomNo }: Pick<RoomRef, "tenantNo" | "roomNo">,
  position: number,
): Promise<number[]> {
  const where = "WHERE tenant_no = $1 AND room_no = $2 AND position > $3";
  const values = [tenantNo, roomNo, position] as const;
  const rows = await tx.all<{ media_no: number }>(`SELECT DISTINCT media_no FROM media_refs ${where}`, ...values);
  await tx.run(`DELETE FROM media_refs ${where}`, ...values);
  return rows.map((row) => row.media_no);
}

export function deleteRefsTo(tx: Tx, tenantNo: number, mediaNo: number): Promise<number> {
  return tx.run("DELETE FROM media_refs WHERE tenant_no = $1 AND media_no = $2", tenantNo, mediaNo);
}

export async function isNamed(reader: Reader, tenantNo: number, mediaNo: number): Promise<boolean> {
  const row = await reader.get(
    "SELECT 1 FROM media_refs WHERE tenant_no = $1 AND media_no = $2 LIMIT 1",
    tenantNo,
    mediaNo,
  );
  return row !== undefined;
}

/** Where a medium is first named in each room that somebody has a member row of. */
export async function listFirstRefs(
  reader: Reader,
  tenantNo: number,
  mediaNo: number,
  participantNo: number,
): Promise<{ at: RoomRef; position: number }[]> {
  const rows = await reader.all<{ room_no: number; room_id: RoomId; position: number }>(
    `SELECT f.room_no, o.room_id, f.position FROM
       (SELECT room_no, min(position) AS position FROM media_refs WHERE tenant_no = $1 AND media_no = $2
        GROUP BY room_no) f
     JOIN members m ON m.tenant_no = $1 AND m.room_no = f.room_no AND m.participant_no = $3
     JOIN rooms o ON o.tenant_no = $1 AND o.room_no = f.room_no`,
    tenantNo,
    mediaNo,
    participantNo,
  );
  return rows.map((row) => ({ at: { tenantNo, roomNo: row.room_no, roomId: row.room_id }, position: row.position }));
}

/** A file that a message names, or named before it was edited. */
export interface FileRef {
  /** Where it was first named. */
  readonly position: number;
  /** The message's. */
  readonly target: number;
  readonly mediaNo: number;
}

/** Files of a room that were named below a position, newest first, each once a message. */
export async function listFileRefs(
  reader: Reader,
  { tenantNo, roomNo }: RoomRef,
  below: number,
  limit: number,
): Promise<FileRef[]> {
  const rows = await reader.all<{ position: number; target_position: number; media_no: number }>(
    `SELECT position, target_position, media_no FROM media_refs r
     WHERE tenant_no = $1 AND room_no = $2 AND position < $3 AND NOT EXISTS (SELECT 1 FROM media_refs e
       WHERE e.tenant_no = r.tenant_no AND e.room_no = r.room_no AND e.target_position = r.target_position
         AND e.media_no = r.media_no AND e.position < r.position)
     ORDER BY position DESC LIMIT $4`,
    tenantNo,
    roomNo,
    below,
    limit,
  );
  return rows.map((row) => ({ position: row.position, target: row.target_position, mediaNo: row.media_no }));
}
