import type { Db, Reader, Tx } from "../db/index.ts";

/** Of which request of which server: a signature by a key, once. */
export interface Nonce {
  readonly serverName: string;
  readonly keyId: string;
  readonly nonce: string;
}

/**
 * Takes a nonce, kept until a time (Unix milliseconds); false where it was taken before, by whatever process. It outlives
 * a restart: what was taken before one is not taken again after it.
 */
export async function takeNonce(
  tx: Tx,
  tenantNo: number,
  { serverName, keyId, nonce }: Nonce,
  keptUntil: number,
): Promise<boolean> {
  const taken = await tx.run(
    "INSERT INTO peer_nonces (tenant_no, server_name, key_id, nonce, kept_until) VALUES ($1, $2, $3, $4, $5) " +
      "ON CONFLICT (tenant_no, server_name, key_id, nonce) DO NOTHING",
    tenantNo,
    serverName,
    keyId,
    nonce,
    keptUntil,
  );
  return taken === 1;
}

/** Whether a nonce was taken, by whatever process. */
export async function isNonceTaken(
  reader: Reader,
  tenantNo: number,
  { serverName, keyId, nonce }: Nonce,
): Promise<boolean> {
  const row = await reader.get(
    "SELECT 1 AS n FROM peer_nonces WHERE tenant_no = $1 AND server_name = $2 AND key_id = $3 AND nonce = $4",
    tenantNo,
    serverName,
    keyId,
    nonce,
  );
  return row !== undefined;
}

/** Forgets nonces that were to be kept until `now` at most, so many of them; answers how many. */
export function forgetNonces(db: Db, now: number, most: number): Promise<number> {
  return db.write("deployment", (tx) =>
    tx.run(
      "DELETE FROM peer_nonces WHERE (tenant_no, server_name, key_id, nonce) IN " +
        "(SELECT tenant_no, server_name, key_id, nonce FROM peer_nonces WHERE kept_until <= $1 ORDER BY kept_until LIMIT $2)",
      now,
      most,
    ),
  );
}
