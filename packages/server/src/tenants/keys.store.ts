import type { DescriptorKey } from "@stairwell/protocol/signing";
import type { Reader, Tx } from "../db/index.ts";
import type { SigningKey } from "./signing-key.ts";

interface KeyRow {
  key_id: string;
  public_key: string;
  private_key: string;
  valid_from: number;
  valid_until: number | null;
  revoked_at: number | null;
  introduced_by: string | null;
  introduction: string | null;
}

const KEY =
  "SELECT key_id, public_key, private_key, valid_from, valid_until, revoked_at, introduced_by, introduction FROM tenant_keys";

/** A key of a tenant with all that is published of it, and the private half. */
export interface TenantKey extends SigningKey, DescriptorKey {}

/** Every key that a tenant ever had, the oldest first. */
export async function listKeys(reader: Reader, tenantNo: number): Promise<TenantKey[]> {
  return (await reader.all<KeyRow>(`${KEY} WHERE tenant_no = $1 ORDER BY valid_from, key_id`, tenantNo)).map(toKey);
}

export async function insertSigningKey(
  tx: Tx,
  tenantNo: number,
  key: SigningKey & Partial<Pick<DescriptorKey, "validFrom" | "introducedBy">>,
): Promise<void> {
  await tx.run(
    "INSERT INTO tenant_keys (tenant_no, key_id, public_key, private_key, valid_from, introduced_by, introduction) " +
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
    tenantNo,
    key.keyId,
    key.publicKey,
    key.privateKey,
    key.validFrom ?? tx.now,
    key.introducedBy?.keyId ?? null,
    key.introducedBy?.signature ?? null,
  );
}

/** Writes when a key ends, and since when it is revoked. */
export async function saveKeyEnd(
  tx: Tx,
  tenantNo: number,
  { keyId, validUntil, revokedAt }: Pick<DescriptorKey, "keyId" | "validUntil" | "revokedAt">,
): Promise<void> {
  await tx.run(
    "UPDATE tenant_keys SET valid_until = $3, revoked_at = $4 WHERE tenant_no = $1 AND key_id = $2",
    tenantNo,
    keyId,
    validUntil,
    revokedAt,
  );
}

/** The key a tenant signs with now: the newest that is neither over nor revoked. */
export async function findSigningKey(reader: Reader, tenantNo: number, now: number): Promise<TenantKey | undefined> {
  const row = await reader.get<KeyRow>(
    `${KEY} WHERE tenant_no = $1 AND revoked_at IS NULL ` +
      "AND (valid_until IS NULL OR valid_until > $2) ORDER BY valid_from DESC, key_id LIMIT 1",
    tenantNo,
    now,
  );
  return row && toKey(row);
}

/** A key of a tenant that was not revoked, expired or not, by its id: its 32 bytes, base64. */
export async function findPublicKey(reader: Reader, tenantNo: number, keyId: string): Promise<string | undefined> {
  const row = await reader.get<{ public_key: string }>(
    "SELECT public_key FROM tenant_keys WHERE tenant_no = $1 AND key_id = $2 AND revoked_at IS NULL",
    tenantNo,
    keyId,
  );
  return row?.public_key;
}

function toKey(row: KeyRow): TenantKey {
  return {
    keyId: row.key_id,
    publicKey: row.public_key,
    privateKey: row.private_key,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    revokedAt: row.revoked_at,
    introducedBy:
      row.introduced_by === null || row.introduction === null
        ? null
        : { keyId: row.introduced_by, signature: row.introduction },
  };
}
