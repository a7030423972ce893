import { join } from "node:path";
import type { BlobStore } from "./blob-store.ts";
import { FileBlobStore } from "./file-blob-store.ts";
import { S3BlobStore } from "./s3/s3-blob-store.ts";
import type { S3Options } from "./s3/s3-options.ts";

/**
 * The blobs of a server: in its bucket, where it has one, and in its data folder otherwise. `isShared`: other servers may
 * have the same folder for theirs.
 */
export function blobStoreOf(dataFolder: string): FileBlobStore;
export function blobStoreOf(dataFolder: string, s3: S3Options | undefined, isShared?: boolean): BlobStore;
export function blobStoreOf(dataFolder: string, s3?: S3Options, isShared = false): BlobStore {
  return s3 === undefined ? new FileBlobStore(join(dataFolder, "blobs"), isShared) : new S3BlobStore(s3);
}
