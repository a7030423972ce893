import type { Reader, Tx } from "../db/index.ts";
import type { Origin } from "./medium.ts";

/** Where the bytes of a medium are, and what they were said to be. */
export interface NewForeign extends Origin {
  readonly tenantNo: number;
  readonly mediaNo: number;
  /** Bytes. */
  readonly size: number;
  readonly digest: string;
}

export async function insertForeign(tx: Tx, foreign: NewForeign): Promise<void> {
  await tx.run(
    "INSERT INTO foreign_media (tenant_no, media_no, server_name, room_no, size, digest) VALUES ($1, $2, $3, $4, $5, $6)",
    foreign.tenantNo,
    foreign.mediaNo,
    foreign.serverName,
    foreign.roomNo,
    foreign.size,
    foreign.digest,
  );
}

export function deleteForeign(tx: Tx, tenantNo: number, mediaNo: number): Promise<number> {
  return tx.run("DELETE FROM foreign_media WHERE tenant_no = $1 AND media_no = $2", tenantNo, mediaNo);
}

/** A medium with this content that the same server has given before: what it has it need not give twice. */
export async function findFetchedAlike(
  reader: Reader,
  { tenantNo, serverName, digest }: Pick<NewForeign, "tenantNo" | "serverName" | "digest">,
): Promise<{ mediaNo: number; blobNo: number } | undefined> {
  const row = await reader.get<{ media_no: number; blob_no: number }>(
    `SELECT f.media_no, m.blob_no FROM foreign_media f
     JOIN media m ON m.tenant_no = f.tenant_no AND m.media_no = f.media_no
     WHERE f.tenant_no = $1 AND f.server_name = $2 AND f.digest = $3 AND m.blob_no IS NOT NULL LIMIT 1`,
    tenantNo,
    serverName,
    digest,
  );
  return row && { mediaNo: row.media_no, blobNo: row.blob_no };
}

/** The blob of a medium, if it has one. */
export async function findBlobNoOf(reader: Reader, tenantNo: number, mediaNo: number): Promise<number | undefined> {
  const row = await reader.get<{ blob_no: number | null }>(
    "SELECT blob_no FROM media WHERE tenant_no = $1 AND media_no = $2",
    tenantNo,
    mediaNo,
  );
  return row?.blob_no ?? undefined;
}
