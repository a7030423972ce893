import type { Reader, Tx } from "../db/index.ts";

/** A one-time link as it is kept: never its code. */
export interface StoredLink {
  readonly tenantNo: number;
  /** Whom it is for, where the operator said so. */
  readonly localId: string | null;
  /** Unix milliseconds. */
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

export async function insertLink(tx: Tx, codeHash: string, link: Omit<StoredLink, "usedAt">): Promise<void> {
  await tx.run(
    "INSERT INTO admin_links (tenant_no, code_hash, local_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
    link.tenantNo,
    codeHash,
    link.localId,
    tx.now,
    link.expiresAt,
  );
}

export async function findLink(reader: Reader, codeHash: string): Promise<StoredLink | undefined> {
  const row = await reader.get<{
    tenant_no: number;
    local_id: string | null;
    expires_at: number;
    used_at: number | null;
  }>("SELECT tenant_no, local_id, expires_at, used_at FROM admin_links WHERE code_hash = $1", codeHash);
  return row && { tenantNo: row.tenant_no, localId: row.local_id, expiresAt: row.expires_at, usedAt: row.used_at };
}

export async function markUsed(tx: Tx, tenantNo: number, codeHash: string): Promise<void> {
  await tx.run(
    "UPDATE admin_links SET used_at = $3 WHERE tenant_no = $1 AND code_hash = $2",
    tenantNo,
    codeHash,
    tx.now,
  );
}
