import { type MediaId, StairwellError } from "@stairwell/protocol";
import type { Staged } from "../blobs/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { newId } from "../lib/random.ts";
import { findRoomByNo } from "../state/index.ts";
import { storageFull, type Tenant } from "../tenants/index.ts";
import { insertRemoved, storageOf } from "./blobs.store.ts";
import { findBlobNoOf, findFetchedAlike } from "./foreign.store.ts";
import { keepBlob, type KeepParts, mustFit, type Put, putAll, removeUnrecorded } from "./keep-file.ts";
import { fillMedium, findMediumByNo, insertMedium, listThumbnailsOf } from "./media.store.ts";
import type { Medium } from "./medium.ts";

/** What is asked of another server, and what it must be. */
export interface Wanted {
  readonly serverName: string;
  readonly roomId: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

export interface FetchParts extends KeepParts {
  db: Db;
  /** The largest file, in bytes. */
  maxBytes: number;
  /** Receives a content from another server: what is wanted, byte for byte. Throws `SW_FED_…` with what to do. */
  bring: (tenant: Tenant, wanted: Wanted) => Promise<Staged>;
}

/**
 * Has the bytes of a medium come from the server of who sent it, looks at what they are as with an upload, and puts them on
 * record. Whatever goes wrong leaves nothing behind. Errors as `Fetches.held`.
 */
export async function fetchMedium(parts: FetchParts, tenant: Tenant, medium: Medium): Promise<void> {
  const { db, digests, maxBytes } = parts;
  const { tenantNo } = tenant;
  const { serverName, roomNo } = medium.origin!;
  const digest = digests.of(tenantNo, null, medium.sha256);
  const alike = await findFetchedAlike(db, { tenantNo, serverName, digest });
  if (alike !== undefined) return takeAlike(db, medium, alike);
  if (medium.size > maxBytes) throw new StairwellError("SW_CONTENT_TOO_LARGE", { details: { max_bytes: maxBytes } });
  const most = tenant.limits.max_storage_bytes;
  if (most !== null && (await storageOf(db, tenantNo)) + medium.size > most) throw storageFull(most);
  const room = await findRoomByNo(db, tenantNo, roomNo);
  if (room === undefined) throw new StairwellError("SW_MEDIA_NOT_FOUND");
  const { sha256, size } = medium;
  const staged = await parts.bring(tenant, { serverName, roomId: room.roomId, sha256, size });
  try {
    await keep(parts, tenant, medium, staged);
  } finally {
    await staged.discard();
  }
}

async function keep(parts: FetchParts, tenant: Tenant, medium: Medium, staged: Staged): Promise<void> {
  const { tenantNo } = tenant;
  const puts: Put[] = [];
  let isRecording = false;
  try {
    await putAll(
      parts,
      { tenantNo, who: medium.origin!.serverName },
      { roomNo: 0, key: null },
      { ...staged, name: medium.name },
      puts,
    );
    isRecording = true;
    await parts.db.write({ tenantNo: tenant.tenantNo }, async (tx) => {
      const now = await findMediumByNo(tx, tenant.tenantNo, medium.mediaNo);
      if (now === undefined) throw new StairwellError("SW_MEDIA_NOT_FOUND");
      // Another node was faster: what it has put is enough.
      if (now.blob !== null) {
        for (const { blob } of puts) await insertRemoved(tx, blob.name);
        return;
      }
      await mustFit(tx, tenant, puts);
      const [whole, thumbnail] = puts as [Put, Put | undefined];
      await fillMedium(tx, now, await keepBlob(tx, whole), whole.said);
      if (thumbnail !== undefined) await recordThumbnail(tx, now, await keepBlob(tx, thumbnail), thumbnail.said);
    });
  } catch (error) {
    await removeUnrecorded(parts.blobs, puts, { isRecording, error });
    throw error;
  }
}

/** What the same server has given before is not asked for again: it has what it speaks of. */
function takeAlike(db: Db, medium: Medium, alike: { mediaNo: number; blobNo: number }): Promise<void> {
  const { tenantNo } = medium;
  return db.write({ tenantNo }, async (tx) => {
    const now = await findMediumByNo(tx, tenantNo, medium.mediaNo);
    const other = await findMediumByNo(tx, tenantNo, alike.mediaNo);
    const blobNo = await findBlobNoOf(tx, tenantNo, alike.mediaNo);
    if (now === undefined || now.blob !== null || other === undefined || blobNo === undefined) return;
    const { sha256, mimeType, width, height } = other;
    await fillMedium(tx, now, blobNo, { name: now.name, sha256, mimeType, width, height });
    const [thumbnailNo] = await listThumbnailsOf(tx, tenantNo, alike.mediaNo);
    const small = thumbnailNo === undefined ? undefined : await findMediumByNo(tx, tenantNo, thumbnailNo);
    const smallBlobNo = small && (await findBlobNoOf(tx, tenantNo, small.mediaNo));
    if (small !== undefined && smallBlobNo !== undefined) {
      const { name, sha256: hash, mimeType: type, width: wide, height: high } = small;
      await recordThumbnail(tx, now, smallBlobNo, { name, sha256: hash, mimeType: type, width: wide, height: high });
    }
  });
}

async function recordThumbnail(tx: Tx, of: Medium, blobNo: number, said: Put["said"]): Promise<void> {
  const { tenantNo, uploaderNo, mediaNo } = of;
  const mediaId = newId<MediaId>("media");
  await insertMedium(tx, { tenantNo, mediaId, blobNo, roomNo: 0, key: null, said, uploaderNo, thumbnailOf: mediaNo });
}
