/** Large contents: how they are received, and where they lie. */
export type { BlobName, BlobStore, ByteRange } from "./blob-store.ts";
export { FileBlobStore } from "./file-blob-store.ts";
export { blobStoreOf } from "./open-blobs.ts";
export { S3BlobStore } from "./s3/s3-blob-store.ts";
export type { S3Options, S3Pace } from "./s3/s3-options.ts";
export { readScratch, type Scratch, type Written } from "./scratch.ts";
export { type Staged, Staging, TooManyBytes } from "./staging.ts";
export { storeError } from "./store-error.ts";
