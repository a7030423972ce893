import { cleanName, invalid, LIMITS, StairwellError } from "@stairwell/protocol";
import type { Scope } from "@stairwell/protocol/api";
import type { Tx } from "../db/index.ts";
import { newId, sha256 } from "../lib/random.ts";
import { parseTime } from "../lib/rfc3339.ts";
import { newAccessToken } from "./access-token.ts";
import { countTokens, insertToken, type TokenOwner, type TokenRecord } from "./auth.store.ts";

/** So many tokens one person may hold: a bound on what one list answers. */
export const MOST_TOKENS = 1000;

export interface NewToken {
  name: string;
  scopes: readonly Scope[];
  /** Unix milliseconds. */
  expiresAt: number | null;
}

/**
 * Mints an access token for a person. The token's text is in this answer and nowhere else.
 * `SW_TENANT_CAPACITY` when they hold 1,000 that were not revoked.
 */
export async function mintToken(
  tx: Tx,
  owner: TokenOwner,
  wanted: NewToken,
): Promise<{ token: string; record: TokenRecord }> {
  if ((await countTokens(tx, owner.tenantNo, owner.participantNo)) >= MOST_TOKENS) {
    throw new StairwellError("SW_TENANT_CAPACITY", {
      message: `The participant holds ${MOST_TOKENS} tokens; revoke some.`,
      rule: "AU5",
    });
  }
  const token = newAccessToken();
  const record = { tokenId: newId<TokenRecord["tokenId"]>("token"), createdAt: tx.now, ...wanted };
  await insertToken(tx, owner, sha256(token), record);
  return { token, record };
}

export function cleanTokenName(name: string): string {
  return cleanName(name, "/name", LIMITS.tokenNameLength);
}

/** When a token shall end; null for never. `SW_REQUEST_INVALID` unless it is an RFC 3339 time in the future. */
export function expiryOf(text: string | null | undefined, now: number): number | null {
  if (text === null || text === undefined) return null;
  const at = parseTime(text);
  if (at === undefined) throw invalid("/expires_at", "is no RFC 3339 time");
  if (at <= now) throw invalid("/expires_at", "is not in the future");
  return at;
}
