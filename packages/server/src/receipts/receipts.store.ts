import type { Db, Reader, Tx } from "../db/index.ts";

/** An answer counts for so long, in milliseconds (AP6). */
export const RECEIPT_LIFE = 24 * 3600 * 1000;

/** Whose repeat of what a kept answer is for. */
export interface ReceiptScope {
  readonly tenantNo: number;
  readonly participantNo: number;
  /** The call and what its path names. */
  readonly operation: string;
  /** SHA-256 of the `Idempotency-Key`: with the key itself in the row, what is sealed under it would lie beside it. */
  readonly keyHash: string;
}

export interface KeptAnswer {
  /** Hex SHA-256 of the `Idempotency-Key` and the request's body. */
  readonly bodyHash: string;
  readonly status: number;
  readonly reference: string;
}

/** The answer kept for a scope, unless it is older than a day. `now` is Unix milliseconds. */
export async function findReceipt(reader: Reader, scope: ReceiptScope, now: number): Promise<KeptAnswer | undefined> {
  const row = await reader.get<{ body_hash: string; status: number; reference: string }>(
    "SELECT body_hash, status, reference FROM receipts " +
      "WHERE tenant_no = $1 AND participant_no = $2 AND operation = $3 AND key = $4 AND created_at > $5",
    scope.tenantNo,
    scope.participantNo,
    scope.operation,
    scope.keyHash,
    now - RECEIPT_LIFE,
  );
  return row && { bodyHash: row.body_hash, status: row.status, reference: row.reference };
}

/** Keeps an answer; false when another process kept one first. */
export async function insertReceipt(tx: Tx, scope: ReceiptScope, answer: KeptAnswer): Promise<boolean> {
  const changed = await tx.run(
    "INSERT INTO receipts (tenant_no, participant_no, operation, key, body_hash, status, reference, created_at) " +
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) " +
      "ON CONFLICT (tenant_no, participant_no, operation, key) DO UPDATE SET body_hash = excluded.body_hash, " +
      "status = excluded.status, reference = excluded.reference, created_at = excluded.created_at " +
      "WHERE receipts.created_at <= $9",
    scope.tenantNo,
    scope.participantNo,
    scope.operation,
    scope.keyHash,
    answer.bodyHash,
    answer.status,
    answer.reference,
    tx.now,
    tx.now - RECEIPT_LIFE,
  );
  return changed === 1;
}

/** Deletes some of the answers that count no longer, the oldest first; answers how many. */
export function deleteOldReceipts(db: Db, now: number, most: number): Promise<number> {
  return db.write("deployment", (tx) =>
    tx.run(
      "DELETE FROM receipts WHERE (tenant_no, participant_no, operation, key) IN " +
        "(SELECT tenant_no, participant_no, operation, key FROM receipts WHERE created_at <= $1 ORDER BY created_at LIMIT $2)",
      now - RECEIPT_LIFE,
      most,
    ),
  );
}
