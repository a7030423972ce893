import type { BlobName } from "./blob-store.ts";

const BLOB_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function isBlobId(text: string): boolean {
  return BLOB_ID.test(text);
}

/** A number and hex digits only: nothing that a caller names becomes part of a path or key. */
export function checkName({ tenantNo, blobId }: BlobName): void {
  if (!Number.isSafeInteger(tenantNo) || !isBlobId(blobId)) throw new Error("this is no name of a blob");
}
