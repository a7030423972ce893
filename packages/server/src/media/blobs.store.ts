import type { BlobName } from "../blobs/index.ts";
import { type Reader, textListOf, type Tx } from "../db/index.ts";

/** One content of a tenant, or of an incognito room of it. */
export interface NewBlob {
  readonly name: BlobName;
  readonly roomNo: number;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** The blob that holds a content already. */
export async function findBlobNo(reader: Reader, { name, roomNo, digest }: NewBlob): Promise<number | undefined> {
  const row = await reader.get<{ blob_no: number }>(
    "SELECT blob_no FROM blobs WHERE tenant_no = $1 AND room_no = $2 AND digest = $3",
    name.tenantNo,
    roomNo,
    digest,
  );
  return row?.blob_no;
}

/** Counts it towards the tenant's storage, and answers its number. */
export async function insertBlob(tx: Tx, { name, roomNo, digest, size }: NewBlob): Promise<number> {
  await tx.run(
    "INSERT INTO blobs (tenant_no, blob_id, room_no, digest, size, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    name.tenantNo,
    name.blobId,
    roomNo,
    digest,
    size,
    tx.now,
  );
  await addStorage(tx, name.tenantNo, size);
  return (await findBlobNo(tx, { name, roomNo, digest, size }))!;
}

/** Takes a blob that no medium has any more off the record; its file is removed after the commit. */
export async function deleteBlobUnlessUsed(tx: Tx, tenantNo: number, blobNo: number): Promise<void> {
  const blob = await tx.get<{ blob_id: string; size: number }>(
    `SELECT blob_id, size FROM blobs b WHERE tenant_no = $1 AND blob_no = $2
       AND NOT EXISTS (SELECT 1 FROM media m WHERE m.tenant_no = b.tenant_no AND m.blob_no = b.blob_no)`,
    tenantNo,
    blobNo,
  );
  if (blob === undefined) return;
  await tx.run("DELETE FROM blobs WHERE tenant_no = $1 AND blob_no = $2", tenantNo, blobNo);
  await addStorage(tx, tenantNo, -blob.size);
  await insertRemoved(tx, { tenantNo, blobId: blob.blob_id });
}

/** Bytes of all blobs of a tenant. */
export async function storageOf(reader: Reader, tenantNo: number): Promise<number> {
  const row = await reader.get<{ bytes: number }>("SELECT bytes FROM storage WHERE tenant_no = $1", tenantNo);
  return row?.bytes ?? 0;
}

function addStorage(tx: Tx, tenantNo: number, bytes: number): Promise<number> {
  return tx.run(
    `INSERT INTO storage (tenant_no, bytes) VALUES ($1, $2)
     ON CONFLICT (tenant_no) DO UPDATE SET bytes = storage.bytes + excluded.bytes`,
    tenantNo,
    bytes,
  );
}

/** Those of some blobs of a tenant of which a row says what they are, or that they are about to go. */
export async function listKnownBlobs(
  reader: Reader,
  tenantNo: number,
  names: readonly BlobName[],
): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const { marks, values } = textListOf(
    names.map(({ blobId }) => blobId),
    2,
  );
  const list = marks.join(",");
  const rows = await reader.all<{ blob_id: string }>(
    `SELECT blob_id FROM blobs WHERE tenant_no = $1 AND blob_id IN (${list})
     UNION ALL SELECT blob_id FROM removed_blobs WHERE tenant_no = $1 AND blob_id IN (${list})`,
    tenantNo,
    ...values,
  );
  return new Set(rows.map(({ blob_id }) => blob_id));
}

/** Has a blob's file removed. */
export function insertRemoved(tx: Tx, { tenantNo, blobId }: BlobName): Promise<number> {
  return tx.run("INSERT INTO removed_blobs (tenant_no, blob_id) VALUES ($1, $2)", tenantNo, blobId);
}

export async function listRemoved(reader: Reader, limit: number): Promise<BlobName[]> {
  const rows = await reader.all<{ tenant_no: number; blob_id: string }>(
    "SELECT tenant_no, blob_id FROM removed_blobs LIMIT $1",
    limit,
  );
  return rows.map((row) => ({ tenantNo: row.tenant_no, blobId: row.blob_id }));
}

export function deleteRemoved(tx: Tx, { tenantNo, blobId }: BlobName): Promise<number> {
  return tx.run("DELETE FROM removed_blobs WHERE tenant_no = $1 AND blob_id = $2", tenantNo, blobId);
}
