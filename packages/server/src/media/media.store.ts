import { type MediaId, parseJson } from "@stairwell/protocol";
import type { Reader, Tx } from "../db/index.ts";
import { keyOf, openText, type RoomKey, sealText } from "../events/index.ts";
import type { Medium, Said } from "./medium.ts";

interface MediumRow {
  media_no: number;
  tenant_no: number;
  media_id: MediaId;
  blob_id: string | null;
  room_no: number;
  /** Null where it has neither a blob nor an origin. */
  size: number | null;
  /** Null once it was emptied. */
  said: string | null;
  origin: string | null;
  origin_room_no: number | null;
  uploader_no: number;
  thumbnail_of: number | null;
  thumbnail_id: MediaId | null;
  created_at: number;
  key: RoomKey;
}

const COLUMNS = `m.media_no, m.tenant_no, m.media_id, b.blob_id, coalesce(b.room_no, 0) AS room_no,
  coalesce(b.size, f.size) AS size, m.said, f.server_name AS origin, f.room_no AS origin_room_no, m.uploader_no, m.thumbnail_of,
  (SELECT t.media_id FROM media t WHERE t.tenant_no = m.tenant_no AND t.thumbnail_of = m.media_no) AS thumbnail_id,
  m.created_at, CASE WHEN b.room_no > 0 THEN ${keyOf("b.tenant_no", "b.room_no")} END AS key`;
const MEDIA = `SELECT ${COLUMNS} FROM media m LEFT JOIN blobs b ON b.blob_no = m.blob_no
  LEFT JOIN foreign_media f ON f.tenant_no = m.tenant_no AND f.media_no = m.media_no`;
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
  if (row?.said == null || row.size === null) return undefined;
  const text = row.room_no === 0 ? row.said : row.key && openText(row.key, sealOf(row), row.said);
  if (text === null || text === undefined) return undefined;
  return {
    ...(parseJson(text) as unknown as Said),
    tenantNo: row.tenant_no,
    mediaNo: row.media_no,
    mediaId: row.media_id,
    blob: row.blob_id === null ? null : { tenantNo: row.tenant_no, blobId: row.blob_id },
    origin: row.origin === null ? null : { serverName: row.origin, roomNo: row.origin_room_no! },
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
  /** Null for one whose bytes are not here yet. */
  readonly blobNo: number | null;
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

/** Takes what a medium said off its row, in place, for good. Answers the blob it had, null without one, if it was there. */
export async function emptyMedium(tx: Tx, tenantNo: number, mediaNo: number): Promise<number | null | undefined> {
  const key = [tenantNo, mediaNo] as const;
  const row = await tx.get<{ blob_no: number | null }>(
    "SELECT blob_no FROM media WHERE tenant_no = $1 AND media_no = $2 AND said IS NOT NULL",
    ...key,
  );
  if (row === undefined) return undefined;
  await tx.run("UPDATE media SET said = NULL, blob_no = NULL WHERE tenant_no = $1 AND media_no = $2", ...key);
  tx.erased();
  return row.blob_no;
}

/** The bytes of a medium have come: what they are takes the place of what was said of them. */
export async function fillMedium(tx: Tx, medium: Medium, blobNo: number, said: Said): Promise<void> {
  await tx.run(
    "UPDATE media SET blob_no = $3, said = $4 WHERE tenant_no = $1 AND media_no = $2",
    medium.tenantNo,
    medium.mediaNo,
    blobNo,
    JSON.stringify(said),
  );
}

/** The newest media that have a blob, those of one uploader first. */
export async function listMediaWith(
  reader: Reader,
  tenantNo: number,
  blobNo: number,
  uploaderNo: number,
  limit: number,
): Promise<Medium[]> {
  const rows = await reader.all<MediumRow>(
    `${MEDIA} WHERE m.tenant_no = $1 AND m.blob_no = $2 AND m.thumbnail_of IS NULL
     ORDER BY CASE WHEN m.uploader_no = $3 THEN 0 ELSE 1 END, m.media_no DESC LIMIT $4`,
    tenantNo,
    blobNo,
    uploaderNo,
    limit,
  );
  return rows.map(toMedium).filter((medium) => medium !== undefined);
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
