/** Large contents: how they are received, and where they lie. */
export type { BlobName, BlobStore, ByteRange } from "./blob-store.ts";
export { blobStoreOf, FileBlobStore } from "./file-blob-store.ts";
export { type Staged, Staging, storeError, TooManyBytes } from "./staging.ts";
