import type { Reader } from "../db/index.ts";
import type { RoomRef } from "../events/index.ts";

export interface MediaRefRow {
  position: number;
  target_position: number;
  media_no: number;
}

/** Every reference on record in a room. */
export function listMediaRefs(reader: Reader, ref: RoomRef): Promise<MediaRefRow[]> {
  return reader.all<MediaRefRow>(
    "SELECT position, target_position, media_no FROM media_refs WHERE tenant_no = $1 AND room_no = $2",
    ref.tenantNo,
    ref.roomNo,
  );
}

/** Tenants whose storage is not the sum of their blobs. */
export async function countWrongStorage(reader: Reader): Promise<number> {
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM tenants t
     WHERE coalesce((SELECT bytes FROM storage s WHERE s.tenant_no = t.tenant_no), 0)
       <> coalesce((SELECT sum(size) FROM blobs b WHERE b.tenant_no = t.tenant_no), 0)`,
  );
  return row!.n;
}

/** Media without a blob that are not another server's, blobs that no medium has, and origins of what was deleted. */
export async function countLostMedia(reader: Reader): Promise<number> {
  const row = await reader.get<{ n: number }>(
    `SELECT (SELECT count(*) FROM media m WHERE ((m.said IS NULL) <> (m.blob_no IS NULL) AND NOT EXISTS (
           SELECT 1 FROM foreign_media f WHERE f.tenant_no = m.tenant_no AND f.media_no = m.media_no))
         OR (m.blob_no IS NOT NULL AND NOT EXISTS (SELECT 1 FROM blobs b WHERE b.blob_no = m.blob_no)))
       + (SELECT count(*) FROM blobs b WHERE NOT EXISTS (SELECT 1 FROM media m
         WHERE m.tenant_no = b.tenant_no AND m.blob_no = b.blob_no))
       + (SELECT count(*) FROM foreign_media f WHERE NOT EXISTS (SELECT 1 FROM media m
         WHERE m.tenant_no = f.tenant_no AND m.media_no = f.media_no AND m.said IS NOT NULL)) AS n`,
  );
  return row!.n;
}

/** Media that are loose and named, or deleted; and those that are neither loose nor named. */
export async function countWrongLoose(reader: Reader): Promise<number> {
  const row = await reader.get<{ n: number }>(
    `SELECT count(*) AS n FROM media m
     WHERE m.thumbnail_of IS NULL
       AND EXISTS (SELECT 1 FROM loose_media l WHERE l.tenant_no = m.tenant_no AND l.media_no = m.media_no)
         <> (m.said IS NOT NULL AND NOT EXISTS (SELECT 1 FROM media_refs r
           WHERE r.tenant_no = m.tenant_no AND r.media_no = m.media_no))`,
  );
  return row!.n;
}

/** Blobs above a number, each with one of the media that have it. */
export function listBlobMedia(
  reader: Reader,
  after: number,
  limit: number,
): Promise<{ tenant_no: number; blob_no: number; media_no: number }[]> {
  return reader.all(
    `SELECT b.tenant_no, b.blob_no, (SELECT min(m.media_no) FROM media m
       WHERE m.tenant_no = b.tenant_no AND m.blob_no = b.blob_no) AS media_no
     FROM blobs b WHERE b.blob_no > $1 ORDER BY b.blob_no LIMIT $2`,
    after,
    limit,
  );
}
