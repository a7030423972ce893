import { type MediaId, parseJson } from "@stairwell/protocol";
import type { Reader, Tx } from "../db/index.ts";
import { keyOf, openText, type RoomKey, sealText } from "../events/index.ts";
import type { Medium, Said } from "./medium.ts";

interface MediumRow {
  media_no: number;
  tenant_no: number;
  media_id: MediaId;
  blob_id: string;
  room_no: number;
  size: number;
  said: string;
  uploader_no: number;
  thumbnail_of: number | null;
  thumbnail_id: MediaId | null;
  created_at: number;
  key: RoomKey;
}

const COLUMNS = `m.media_no, m.tenant_no, m.media_id, b.blob_id, b.room_no, b.size, m.said, m.uploader_no, m.thumbnail_of,
  (SELECT t.media_id FROM media t WHERE t.tenant_no = m.tenant_no AND t.thumbnail_of = m.media_no) AS thumbnail_id,
  m.created_at, CASE WHEN b.room_no > 0 THEN ${keyOf("b.tenant_no", "b.room_no")} END AS key`;
const MEDIA = `SELECT ${COLUMNS} FROM media m JOIN blobs b ON b.blob_no = m.blob_no`;
const SQL = {
  byId: `${MEDIA} WHERE m.tenant_no = $1 AND m.media_id = $2`,
  byNo: `${MEDIA} WHERE m.tenant_no = $1 AND m.media_no = $2`,
} as const;

/** Undefined too where it was deleted, and where the key of its room is gone (DEL1). */
export async function findMedium(reader: Reader, tenantNo: number, mediaId: string): Promise<Medium | undefined> {
  return toMedium(await reader.get<MediumRow>(SQL.byId, tenantNo, mediaId));
}

/** As `findMedium`. */
export async function findMediumByNo(reader: Reader, tenantNo: number, mediaNo: number): Promise<Medium | undefined> {
  return toMedium(await reader.get<MediumRow>(SQL.byNo, tenantNo, mediaNo));
}

function toMedium(row: MediumRow | undefined): Medium | undefined {
  if (row === undefined) return undefined;
  const text = row.room_no === 0 ? row.said : row.key && openText(row.key, sealOf(row), row.said);
  if (text === null || text === undefined) return undefined;
  return {
    ...(parseJson(text) as unknown as Said),
    mediaNo: row.media_no,
    mediaId: row.media_id,
    blob: { tenantNo: row.tenant_no, blobId: row.blob_id },
    roomNo: row.room_no,
    key: row.key,
    size: row.size,
    uploaderNo: row.uploader_no,
    thumbnailOf: row.thumbnail_of,
    thumbnailId: row.thumbnail_id,
    createdAt: row.created_at,
  };
}

/** What a medium's row is made of, besides its number and its time. */
export interface NewMedium {
  readonly tenantNo: number;
  readonly mediaId: MediaId;
  readonly blobNo: number;
  readonly roomNo: number;
  readonly key: RoomKey;
  readonly said: Said;
  readonly uploaderNo: number;
  readonly thumbnailOf: number | null;
}

/** Answers its number, which is never used again. */
export async function insertMedium(tx: Tx, medium: NewMedium): Promise<number> {
  const { tenantNo, mediaId, roomNo, key, said } = medium;
  const { next } = (await tx.get<{ next: number }>("SELECT coalesce(max(media_no), 0) + 1 AS next FROM media"))!;
  const text = JSON.stringify(said);
  const kept =
    key === null
      ? text
      : sealText(key, sealOf({ tenant_no: tenantNo, room_no: roomNo, media_id: mediaId }), next, text);
  await tx.run(
    `INSERT INTO media (media_no, tenant_no, media_id, blob_no, said, uploader_no, thumbnail_of, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    next,
    tenantNo,
    mediaId,
    medium.blobNo,
    kept,
    medium.uploaderNo,
    medium.thumbnailOf,
    tx.now,
  );
  return next;
}

/** Takes what a medium said off its row, in place, for good. Answers the blob it had, if it was there. */
export async function emptyMedium(tx: Tx, tenantNo: number, mediaNo: number): Promise<number | undefined> {
  const key = [tenantNo, mediaNo] as const;
  const row = await tx.get<{ blob_no: number | null }>(
    "SELECT blob_no FROM media WHERE tenant_no = $1 AND media_no = $2",
    ...key,
  );
  if (row?.blob_no == null) return undefined;
  await tx.run("UPDATE media SET said = NULL, blob_no = NULL WHERE tenant_no = $1 AND media_no = $2", ...key);
  tx.erased();
  return row.blob_no;
}

export async function listThumbnailsOf(reader: Reader, tenantNo: number, mediaNo: number): Promise<number[]> {
  const rows = await reader.all<{ media_no: number }>(
    "SELECT media_no FROM media WHERE tenant_no = $1 AND thumbnail_of = $2",
    tenantNo,
    mediaNo,
  );
  return rows.map((row) => row.media_no);
}

/** Media, thumbnails too, whose contents lie in a room's own blobs. */
export async function listMediaSealedBy(
  reader: Reader,
  { tenantNo, roomNo }: { tenantNo: number; roomNo: number },
  limit: number,
): Promise<number[]> {
  const rows = await reader.all<{ media_no: number }>(
    `SELECT m.media_no FROM blobs b JOIN media m ON m.tenant_no = b.tenant_no AND m.blob_no = b.blob_no
     WHERE b.tenant_no = $1 AND b.room_no = $2 LIMIT $3`,
    tenantNo,
    roomNo,
    limit,
  );
  return rows.map((row) => row.media_no);
}

/** Bound to its place: with another medium, room or tenant it does not open. */
function sealOf(row: { tenant_no: number; room_no: number; media_id: string }) {
  return { kind: "medium" as const, context: `${row.tenant_no} ${row.room_no} ${row.media_id}` };
}
