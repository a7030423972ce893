import { StairwellError } from "@stairwell/protocol";
import type { Scope } from "@stairwell/protocol/api";
import { record } from "../audit/index.ts";
import { type Actor, cleanTokenName, expiryOf, grantedScopes, mintToken, type TokenRecord } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import type { Participant } from "../participants/index.ts";

/** What an admin may say of a token for a bot. */
export interface WantedToken {
  name?: string | undefined;
  scopes?: readonly Scope[] | undefined;
  expires_at?: string | null | undefined;
}

const USUAL_NAME = "made by an admin";

/**
 * Mints a token for a bot or an agent, on behalf of an admin: never with the scope `admin`. `SW_MEMBER_STATE` for one
 * who is deactivated; `SW_AUTH_INSUFFICIENT_PERMISSION` for scopes that the admin's credential does not have (AU2).
 */
export async function mintFor(
  tx: Tx,
  actor: Actor,
  bot: Participant,
  wanted: WantedToken,
): Promise<{ token: string; record: TokenRecord }> {
  if (bot.deactivatedAt !== null) {
    throw new StairwellError("SW_MEMBER_STATE", { message: "They are deactivated.", rule: "AU9" });
  }
  const { tenantNo } = actor.tenant;
  const scopes = grantedScopes(wanted.scopes, actor.scopes, bot);
  const expiresAt = expiryOf(wanted.expires_at, tx.now);
  const owner = { tenantNo, participantNo: bot.participantNo };
  const minted = await mintToken(tx, owner, { name: cleanTokenName(wanted.name ?? USUAL_NAME), scopes, expiresAt });
  const details = { token_id: minted.record.tokenId, scopes };
  await record(tx, { tenantNo, action: "token.mint", actor: actor.fqid, target: bot.fqid, details });
  return minted;
}
