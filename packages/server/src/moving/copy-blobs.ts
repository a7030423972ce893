import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import type { BlobName, BlobStore, FileBlobStore } from "../blobs/index.ts";
import type { Reader } from "../db/index.ts";
import { countBlobs, listBlobs } from "../media/index.ts";
import { MoveError } from "./move-error.ts";
import type { MoveStep } from "./step.ts";

interface Parts {
  readonly store: Reader;
  readonly from: FileBlobStore;
  readonly to: BlobStore;
  /** Files that are copied at a time, and between two marks. */
  readonly atOnce: number;
  /** Those up to here are there. */
  readonly afterNo: number;
  readonly signal?: AbortSignal | undefined;
  readonly onStep: (step: MoveStep) => void;
  /** What it says is durable before it is called. */
  readonly onCopied: (blobNo: number) => Promise<void>;
}

/**
 * Copies files into the bucket, each read back and held against its original; answers those that are nowhere, those that an
 * earlier run came upon too.
 */
export async function copyBlobs({
  store,
  from,
  to,
  atOnce,
  afterNo,
  signal,
  onStep,
  onCopied,
}: Parts): Promise<BlobName[]> {
  const lost = await lostUpTo({ store, from, to, afterNo, atOnce });
  const { count: total } = await countBlobs(store);
  let done = total - (await countBlobs(store, afterNo)).count;
  for (let after = afterNo; ;) {
    signal?.throwIfAborted();
    const page = await listBlobs(store, after, atOnce);
    const last = page.at(-1);
    if (last === undefined) return lost;
    const there = await Promise.all(page.map((name) => copy(from, to, name)));
    lost.push(...page.filter((_, i) => !there[i]));
    after = last.blobNo;
    await onCopied(after);
    onStep({ what: "files", done: (done += page.length), total });
  }
}

/** Of those that are dealt with already. */
async function lostUpTo({
  store,
  from,
  to,
  afterNo,
  atOnce,
}: Pick<Parts, "store" | "from" | "to" | "afterNo" | "atOnce">): Promise<BlobName[]> {
  const lost: BlobName[] = [];
  for (let after = 0; after < afterNo;) {
    const page = await listBlobs(store, after, atOnce);
    for (const name of page) {
      if (name.blobNo > afterNo || (await from.find(name)) !== undefined) continue;
      if (!(await isIn(to, name))) lost.push(name);
    }
    after = page.at(-1)!.blobNo;
  }
  return lost;
}

async function isIn(bucket: BlobStore, name: BlobName): Promise<boolean> {
  const there = await bucket.open(name);
  there?.destroy();
  return there !== undefined;
}

async function copy(from: FileBlobStore, to: BlobStore, name: BlobName): Promise<boolean> {
  const file = await from.find(name);
  // Where the files were in the bucket already there is nothing to do.
  if (file === undefined) return isIn(to, name);
  const sha256 = await hashOf(createReadStream(file.path));
  await to.put(name, { ...file, sha256, async discard() {} });
  const there = await to.open(name);
  if (there === undefined || (await hashOf(there)) !== sha256) {
    throw new MoveError("failed", `the bucket answers other bytes for ${name.blobId} than it was given`);
  }
  return true;
}

async function hashOf(bytes: Readable): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of bytes) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
