import type { Reader } from "../db/index.ts";
import type { BlobName } from "../blobs/index.ts";

export interface BlobRow extends BlobName {
  blobNo: number;
}

/** Blobs after one, in the order in which they were stored. */
export function listBlobs(reader: Reader, afterNo: number, limit: number): Promise<BlobRow[]> {
  return reader.all<BlobRow>(
    'SELECT blob_no AS "blobNo", tenant_no AS "tenantNo", blob_id AS "blobId" FROM blobs WHERE blob_no > $1 ORDER BY blob_no LIMIT $2',
    afterNo,
    limit,
  );
}

export async function countBlobs(reader: Reader, afterNo: number): Promise<number> {
  return (await reader.get<{ n: number }>("SELECT count(*) AS n FROM blobs WHERE blob_no > $1", afterNo))!.n;
}
