import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { type MediaId, StairwellError } from "@stairwell/protocol";
import { mayBringMedia } from "@stairwell/protocol/room";
import { uuidv7 } from "uuidv7";
import type { Actor } from "../auth/index.ts";
import type { BlobStore, Staged, Staging } from "../blobs/index.ts";
import type { Db, Reader, Tx } from "../db/index.ts";
import { findRoomKey, type RoomKey } from "../events/index.ts";
import type { Clock } from "../lib/clock.ts";
import { newId } from "../lib/random.ts";
import { type Answer, perform, type Receipt } from "../receipts/index.ts";
import { allowed, findFacts } from "../state/index.ts";
import { findBlobNo, insertBlob, insertRemoved, type NewBlob, storageOf } from "./blobs.store.ts";
import type { Digests } from "./digest.ts";
import { cleanFileName } from "./file-name.ts";
import { insertLoose } from "./loose.store.ts";
import { insertMedium } from "./media.store.ts";
import type { Said } from "./medium.ts";
import { mimeTypeOf } from "./mime-type.ts";
import type { Painter } from "./painter.ts";
import { blobSeal, sealBytes, sealedSize } from "./seal-bytes.ts";

export interface UploadParts {
  db: Db;
  clock: Pick<Clock, "now">;
  blobs: BlobStore;
  staging: Staging;
  digests: Digests;
  painter: Painter;
}

export interface UploadInput {
  readonly file: Staged & { readonly name: string | null };
  /** The room it is for, if its uploader says so. */
  readonly roomId: string | undefined;
}

/** One content, put where it stays, and not on record yet. */
interface Put {
  readonly blob: NewBlob;
  readonly said: Said;
}

/** The incognito room that seals what is uploaded, with its key; none for all else. */
interface Sealing {
  readonly roomNo: number;
  readonly key: RoomKey;
}

/**
 * Takes a received file in: looks at what it is, puts it and its thumbnail into the blob store, and records them in one
 * transaction. Content that is there already is stored once. A crash in between leaves files without a row, which are
 * swept. `SW_ROOM_…` as a send into the room would be refused; `SW_TENANT_CAPACITY` beyond the tenant's storage.
 */
export async function upload(
  parts: UploadParts,
  actor: Actor,
  receipt: Receipt | undefined,
  { file, roomId }: UploadInput,
): Promise<Answer<{ media_id: string }>> {
  const { db, blobs, clock } = parts;
  const { tenantNo } = actor.tenant;
  const sealing = await sealingOf(db, actor, clock.now(), roomId);
  const puts: Put[] = [];
  let isRecording = false;
  try {
    await putAll(parts, tenantNo, sealing, file, puts);
    isRecording = true;
    return await perform(db, actor.tenant, receipt, async (tx) => {
      // The room may have been closed, and its key with it, since it was looked at.
      await sealingOf(tx, actor, tx.now, roomId);
      await mustFit(tx, actor, puts);
      const [whole, thumbnail] = puts as [Put, Put | undefined];
      const mediaId = newId<MediaId>("media");
      const mediaNo = await record(tx, actor, sealing, whole, { mediaId, thumbnailOf: null });
      await insertLoose(tx, tenantNo, mediaNo);
      if (thumbnail !== undefined) {
        await record(tx, actor, sealing, thumbnail, { mediaId: newId<MediaId>("media"), thumbnailOf: mediaNo });
      }
      return { status: 201 as const, ref: { media_id: mediaId } };
    });
  } catch (error) {
    // After a failure of the store it is not known whether the rows are there: then the sweep finds out.
    const isOffRecord = !isRecording || (error instanceof StairwellError && error.status < 500);
    // What cannot be removed now is found by the sweep too.
    if (isOffRecord) await blobs.remove(puts.map(({ blob }) => blob.name)).catch(() => {});
    throw error;
  }
}

async function sealingOf(reader: Reader, actor: Actor, now: number, roomId: string | undefined): Promise<Sealing> {
  if (roomId === undefined) return { roomNo: 0, key: null };
  const { facts, stored } = await findFacts(reader, actor, now, roomId);
  allowed(mayBringMedia(facts));
  if (stored!.room.scopeKind !== "incognito") return { roomNo: 0, key: null };
  return { roomNo: stored!.roomNo, key: await findRoomKey(reader, stored!) };
}

/** Puts the file, and its thumbnail if it has one, and adds each to `puts` as soon as it is there. */
async function putAll(
  parts: UploadParts,
  tenantNo: number,
  sealing: Sealing,
  file: UploadInput["file"],
  puts: Put[],
): Promise<void> {
  const mimeType = await mimeTypeOf(file.path);
  const picture = await parts.painter.paint({ path: file.path, mimeType });
  const name = cleanFileName(file.name);
  const { width = null, height = null, thumbnail = null } = picture ?? {};
  puts.push(await put(parts, tenantNo, sealing, file, { name, mimeType, width, height }));
  if (thumbnail === null) return;
  const small = await parts.staging.receive(Readable.from([Buffer.from(thumbnail.bytes)]), thumbnail.bytes.length);
  try {
    const said = { name: "thumbnail.webp", mimeType: "image/webp", width: thumbnail.width, height: thumbnail.height };
    puts.push(await put(parts, tenantNo, sealing, small, said));
  } finally {
    await small.discard();
  }
}

async function put(
  { blobs, staging, digests }: UploadParts,
  tenantNo: number,
  { roomNo, key }: Sealing,
  staged: Staged,
  said: Omit<Said, "sha256">,
): Promise<Put> {
  const { sha256, size } = staged;
  const name = { tenantNo, blobId: uuidv7() };
  if (key === null) await blobs.put(name, staged);
  else {
    const bytes = sealBytes(createReadStream(staged.path), blobSeal(key, name.blobId, size));
    const sealed = await staging.receive(bytes, sealedSize(size));
    try {
      await blobs.put(name, sealed);
    } finally {
      await sealed.discard();
    }
  }
  const digest = digests.of(tenantNo, key, sha256);
  return { blob: { name, roomNo, digest, size }, said: { ...said, sha256 } };
}

/** What is stored already takes nothing. */
async function mustFit(tx: Tx, { tenant }: Actor, puts: readonly Put[]): Promise<void> {
  const most = tenant.limits.max_storage_bytes;
  if (most === null) return;
  let bytes = await storageOf(tx, tenant.tenantNo);
  const before = bytes;
  for (const { blob } of puts) if ((await findBlobNo(tx, blob)) === undefined) bytes += blob.size;
  if (bytes > most && bytes > before) throw storageFull(most);
}

export function storageFull(most: number): StairwellError {
  return new StairwellError("SW_TENANT_CAPACITY", { details: { max_storage_bytes: most } });
}

/** Records what was put; where its content is on record already that is what counts, and the file goes. */
async function record(
  tx: Tx,
  actor: Actor,
  { roomNo, key }: Sealing,
  { blob, said }: Put,
  { mediaId, thumbnailOf }: { mediaId: MediaId; thumbnailOf: number | null },
): Promise<number> {
  const { tenantNo } = actor.tenant;
  const known = await findBlobNo(tx, blob);
  if (known !== undefined) await insertRemoved(tx, blob.name);
  const blobNo = known ?? (await insertBlob(tx, blob));
  const uploaderNo = actor.participantNo;
  return insertMedium(tx, { tenantNo, mediaId, blobNo, roomNo, key, said, uploaderNo, thumbnailOf });
}
