import { join } from "node:path";
import type { BlobStore } from "./blob-store.ts";
import { FileBlobStore } from "./file-blob-store.ts";
import { S3BlobStore } from "./s3/s3-blob-store.ts";
import type { S3Options } from "./s3/s3-options.ts";

/** The blobs of a server: in its bucket, where it has one, and in its data folder otherwise. */
export function blobStoreOf(dataFolder: string): FileBlobStore;
export function blobStoreOf(dataFolder: string, s3: S3Options | undefined): BlobStore;
export function blobStoreOf(dataFolder: string, s3?: S3Options): BlobStore {
  return s3 === undefined ? new FileBlobStore(join(dataFolder, "blobs")) : new S3BlobStore(s3);
}
