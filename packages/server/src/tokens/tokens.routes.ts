import { StairwellError, type TokenId } from "@stairwell/protocol";
import { auth, participants } from "@stairwell/protocol/api";
import {
  type Actor,
  type ActorCache,
  cleanTokenName,
  expiryOf,
  type FindAccount,
  findTokenById,
  grantedScopes,
  listTokens,
  mintToken,
  revokeToken,
  type TokenOwner,
  tokenView,
} from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import { command, type Endpoint, reply } from "../http/endpoint.ts";
import { perform } from "../receipts/index.ts";

/** The calls about signing in and about one's own access tokens. */
export function tokenRoutes(parts: {
  db: Db;
  actors: ActorCache;
  findAccount: FindAccount;
  /** Whether development mode is on. */
  development: boolean;
}): Endpoint[] {
  const { db, actors, findAccount, development } = parts;
  return [
    reply(auth.getAuthConfig, () => ({ data: { development, access_tokens: true } })),

    command(
      participants.mintToken,
      ({ actor, body }, receipt) => {
        const name = cleanTokenName(body.name);
        return perform(db, actor.tenant, receipt, async (tx) => {
          const expiresAt = expiryOf(body.expires_at, tx.now);
          const holder = await findAccount(tx, actor.tenant.tenantNo, actor.participantNo);
          if (holder === undefined) throw new Error("an authenticated participant has no row");
          if (holder.deactivatedAt !== null) throw new StairwellError("SW_AUTH_INVALID_TOKEN");
          const scopes = grantedScopes(body.scopes, actor.scopes, holder);
          const { token, record } = await mintToken(tx, ownerOf(actor), { name, scopes, expiresAt });
          // The token's text is kept nowhere else, so a repeat finds it sealed in the receipt.
          const ref: { tokenId: TokenId; sealed?: string } = { tokenId: record.tokenId };
          if (receipt !== undefined) ref.sealed = receipt.seal(token);
          return { status: 201, ref, token, record };
        });
      },
      async ({ actor }, { ref, token, record }, receipt) => {
        const shown = record ?? (await findTokenById(db, actor.tenant.tenantNo, ref.tokenId))!;
        return { data: { ...tokenView(shown), token: token ?? receipt!.unseal(ref.sealed!) } };
      },
    ),

    reply(participants.listTokens, async ({ actor }) => {
      const records = await listTokens(db, actor.tenant.tenantNo, actor.participantNo);
      return { data: records.map(tokenView) };
    }),

    reply(participants.revokeToken, async ({ actor, params }) => {
      await db.write(actor.tenant, (tx) => revokeToken(tx, actors, ownerOf(actor), params.token_id));
      return { data: { id: params.token_id, revoked: true as const } };
    }),
  ];
}

function ownerOf(actor: Actor): TokenOwner {
  return { tenantNo: actor.tenant.tenantNo, participantNo: actor.participantNo };
}
