import type { BlobName } from "../blobs/index.ts";
import type { Reader } from "../db/index.ts";

/** A blob on record, for whoever goes over all of them. */
export interface BlobRow extends BlobName {
  readonly blobNo: number;
  /** Bytes of its content. */
  readonly size: number;
}

/** Blobs above a number, in their order. */
export async function listBlobs(reader: Reader, after: number, limit: number): Promise<BlobRow[]> {
  const rows = await reader.all<{ tenant_no: number; blob_id: string; blob_no: number; size: number }>(
    "SELECT tenant_no, blob_id, blob_no, size FROM blobs WHERE blob_no > $1 ORDER BY blob_no LIMIT $2",
    after,
    limit,
  );
  return rows.map(({ tenant_no, blob_id, blob_no, size }) => ({
    tenantNo: tenant_no,
    blobId: blob_id,
    blobNo: blob_no,
    size,
  }));
}

/** How many blobs there are above a number, and the bytes of their contents. */
export async function countBlobs(reader: Reader, after = 0): Promise<{ count: number; bytes: number }> {
  const row = await reader.get<{ count: number; bytes: number }>(
    "SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM blobs WHERE blob_no > $1",
    after,
  );
  return row!;
}

/** Whether a blob is still on record. */
export async function hasBlob(reader: Reader, { tenantNo, blobId }: BlobName): Promise<boolean> {
  const row = await reader.get("SELECT 1 FROM blobs WHERE tenant_no = $1 AND blob_id = $2", tenantNo, blobId);
  return row !== undefined;
}
