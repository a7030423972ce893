import type { TokenId } from "@stairwell/protocol";
import type { Scope } from "@stairwell/protocol/api";
import type { Reader, Tx } from "../db/index.ts";

/** An access token as it is kept: never the token itself. */
export interface TokenRecord {
  readonly tokenId: TokenId;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Unix milliseconds, like `expiresAt`. */
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

/** Whose a token is. */
export interface TokenOwner {
  readonly tenantNo: number;
  readonly participantNo: number;
}

interface TokenRow {
  token_id: TokenId;
  name: string;
  scopes: string;
  created_at: number;
  expires_at: number | null;
}

const COLUMNS = "token_id, name, scopes, created_at, expires_at";

/** A token that was not revoked, by the SHA-256 of its text, in any tenant; it may have expired. */
export async function findToken(reader: Reader, hash: string): Promise<(TokenRecord & TokenOwner) | undefined> {
  const row = await reader.get<TokenRow & { tenant_no: number; participant_no: number }>(
    `SELECT tenant_no, participant_no, ${COLUMNS} FROM tokens WHERE token_hash = $1 AND revoked_at IS NULL`,
    hash,
  );
  return row && { ...toRecord(row), tenantNo: row.tenant_no, participantNo: row.participant_no };
}

/** A participant's tokens that were not revoked, oldest first. */
export async function listTokens(reader: Reader, tenantNo: number, participantNo: number): Promise<TokenRecord[]> {
  const rows = await reader.all<TokenRow>(
    `SELECT ${COLUMNS} FROM tokens WHERE tenant_no = $1 AND participant_no = $2 AND revoked_at IS NULL ORDER BY token_id`,
    tenantNo,
    participantNo,
  );
  return rows.map(toRecord);
}

/** A token by its id, revoked or not. */
export async function findTokenById(
  reader: Reader,
  tenantNo: number,
  tokenId: string,
): Promise<TokenRecord | undefined> {
  const row = await reader.get<TokenRow>(
    `SELECT ${COLUMNS} FROM tokens WHERE tenant_no = $1 AND token_id = $2`,
    tenantNo,
    tokenId,
  );
  return row && toRecord(row);
}

export async function countTokens(reader: Reader, tenantNo: number, participantNo: number): Promise<number> {
  const row = await reader.get<{ count: number }>(
    "SELECT count(*) AS count FROM tokens WHERE tenant_no = $1 AND participant_no = $2 AND revoked_at IS NULL",
    tenantNo,
    participantNo,
  );
  return row?.count ?? 0;
}

export async function insertToken(tx: Tx, owner: TokenOwner, hash: string, token: TokenRecord): Promise<void> {
  await tx.run(
    "INSERT INTO tokens (tenant_no, token_id, token_hash, participant_no, name, scopes, created_at, expires_at) " +
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    owner.tenantNo,
    token.tokenId,
    hash,
    owner.participantNo,
    token.name,
    token.scopes.join(" "),
    token.createdAt,
    token.expiresAt,
  );
}

/** Whether a participant has this token and it was not revoked. */
export async function holdsToken(reader: Reader, owner: TokenOwner, tokenId: string): Promise<boolean> {
  const row = await reader.get(
    "SELECT 1 FROM tokens WHERE tenant_no = $1 AND token_id = $2 AND participant_no = $3 AND revoked_at IS NULL",
    owner.tenantNo,
    tokenId,
    owner.participantNo,
  );
  return row !== undefined;
}

export async function markRevoked(tx: Tx, tenantNo: number, tokenId: string): Promise<void> {
  await tx.run("UPDATE tokens SET revoked_at = $3 WHERE tenant_no = $1 AND token_id = $2", tenantNo, tokenId, tx.now);
}

/** All tokens of a participant, for good. */
export async function revokeAll(tx: Tx, { tenantNo, participantNo }: TokenOwner): Promise<void> {
  await tx.run(
    "UPDATE tokens SET revoked_at = $3 WHERE tenant_no = $1 AND participant_no = $2 AND revoked_at IS NULL",
    tenantNo,
    participantNo,
    tx.now,
  );
}

function toRecord(row: TokenRow): TokenRecord {
  return {
    tokenId: row.token_id,
    name: row.name,
    scopes: row.scopes.split(" ") as Scope[],
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
