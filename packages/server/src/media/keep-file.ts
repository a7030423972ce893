import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { StairwellError } from "@stairwell/protocol";
import { uuidv7 } from "uuidv7";
import type { BlobStore, Staged, Staging } from "../blobs/index.ts";
import type { Tx } from "../db/index.ts";
import type { RoomKey } from "../events/index.ts";
import { ReceiptTaken } from "../receipts/index.ts";
import { storageFull, type Tenant } from "../tenants/index.ts";
import { findBlobNo, insertBlob, insertRemoved, type NewBlob, storageOf } from "./blobs.store.ts";
import type { Digests } from "./digest.ts";
import { cleanFileName } from "./file-name.ts";
import type { Said } from "./medium.ts";
import { mimeTypeOf } from "./mime-type.ts";
import type { Painter } from "./painter.ts";
import { blobSeal, sealBytes, sealedSize } from "./seal-bytes.ts";

export interface KeepParts {
  blobs: BlobStore;
  staging: Staging;
  digests: Digests;
  painter: Painter;
}

/** One content, put where it stays, and not on record yet. */
export interface Put {
  readonly blob: NewBlob;
  readonly said: Said;
}

/** A file that was received, by the name that it came with. */
export interface NamedFile extends Staged {
  readonly name: string | null;
}

/** Who brings a file. */
export interface Bringer {
  readonly tenantNo: number;
  /** Unlike that of all others: pictures are looked at in turn, one of each. */
  readonly who: string;
}

/** The incognito room that seals a content, with its key; none for all else. */
export interface Sealing {
  readonly roomNo: number;
  readonly key: RoomKey;
}

/** Puts the file, and its thumbnail if it has one, and adds each to `puts` as soon as it is there. */
export async function putAll(
  parts: KeepParts,
  { tenantNo, who }: Bringer,
  sealing: Sealing,
  file: NamedFile,
  puts: Put[],
): Promise<void> {
  const mimeType = await mimeTypeOf(file);
  const picture = await parts.painter.paint({ path: file.path, mimeType }, who);
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
  { blobs, staging, digests }: KeepParts,
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

/**
 * Takes away what was put and does not come on record. Once it was being recorded, only a refusal says that it is not there:
 * after a failure of the store that is not known, and the sweep finds out, as it does where this cannot be done now.
 */
export async function removeUnrecorded(
  blobs: BlobStore,
  puts: readonly Put[],
  { isRecording, error }: { isRecording: boolean; error: unknown },
): Promise<void> {
  const isRefused = error instanceof ReceiptTaken || (error instanceof StairwellError && error.status < 500);
  if (isRecording && !isRefused) return;
  await blobs.remove(puts.map(({ blob }) => blob.name)).catch(() => {});
}

/** Refuses what the tenant has no room for: `SW_TENANT_CAPACITY`. What is stored already takes nothing. */
export async function mustFit(
  tx: Tx,
  tenant: Pick<Tenant, "tenantNo" | "limits">,
  puts: readonly Put[],
): Promise<void> {
  const most = tenant.limits.max_storage_bytes;
  if (most === null) return;
  let bytes = await storageOf(tx, tenant.tenantNo);
  const before = bytes;
  const each = new Map(puts.map(({ blob }) => [blob.digest, blob]));
  for (const blob of each.values()) if ((await findBlobNo(tx, blob)) === undefined) bytes += blob.size;
  if (bytes > most && bytes > before) throw storageFull(most);
}

/** Puts what was put on record, and answers its blob; where its content is there already that is it, and the file goes. */
export async function keepBlob(tx: Tx, { blob }: Put): Promise<number> {
  const known = await findBlobNo(tx, blob);
  if (known !== undefined) await insertRemoved(tx, blob.name);
  return known ?? insertBlob(tx, blob);
}
