import { invalid, type TokenId } from "@stairwell/protocol";
import { admin as routes } from "@stairwell/protocol/api";
import { record } from "../audit/index.ts";
import {
  type Actor,
  type ActorCache,
  findTokenById,
  listTokens,
  revokeToken,
  type TokenRecord,
  tokenView,
} from "../auth/index.ts";
import type { Db } from "../db/index.ts";
import { command, type Endpoint, reply } from "../http/endpoint.ts";
import { createParticipant, type MakePersonalWorkspace } from "../participants/index.ts";
import { perform, type Receipt } from "../receipts/index.ts";
import { accessBot, accessParticipant } from "./access-participant.ts";
import { mintFor } from "./mint-for.ts";
import { managedView } from "./participants.view.ts";

/** A minted token, as an answer refers to it: its text is sealed for a repeat, and kept nowhere else. */
interface TokenRef {
  tokenId: TokenId;
  sealed?: string;
}

/** Bots and agents are made by the tenant's admins, and so are their tokens (AU11). */
export function botRoutes({
  db,
  actors,
  makePersonalWorkspace,
}: {
  db: Db;
  actors: ActorCache;
  makePersonalWorkspace: MakePersonalWorkspace;
}): Endpoint[] {
  const refOf = (minted: { token: string; record: TokenRecord }, receipt: Receipt | undefined): TokenRef => ({
    tokenId: minted.record.tokenId,
    ...(receipt !== undefined && { sealed: receipt.seal(minted.token) }),
  });

  const shownToken = async (actor: Actor, ref: TokenRef, token: string | undefined, receipt: Receipt | undefined) => {
    const kept = (await findTokenById(db, actor.tenant.tenantNo, ref.tokenId))!;
    return { ...tokenView(kept), token: token ?? receipt!.unseal(ref.sealed!) };
  };

  return [
    command(
      routes.createParticipant,
      ({ actor, body }, receipt) =>
        perform(db, actor.tenant, receipt, async (tx) => {
          const { local_id: localId, participant_type, display_name, auto_join, token = {} } = body;
          const made = await createParticipant(tx, makePersonalWorkspace, actor.tenant, {
            localId,
            participantType: participant_type,
            displayName: display_name,
            autoJoin: auto_join,
            by: actor.fqid,
          });
          if ("taken" in made) throw invalid("/local_id", "is or was somebody's: local ids are never used again");
          const { participant } = made;
          const minted = token === null ? undefined : await mintFor(tx, actor, participant, token);
          const ref: { participantId: string; token?: TokenRef } = { participantId: participant.participantId };
          if (minted !== undefined) ref.token = refOf(minted, receipt);
          return { status: 201 as const, ref, text: minted?.token };
        }),
      async ({ actor }, { ref, text }, receipt) => {
        const who = await accessParticipant(db, actor, ref.participantId);
        const token = ref.token === undefined ? null : await shownToken(actor, ref.token, text, receipt);
        return { data: { ...(await managedView(db, actor.tenant.tenantNo, who)), token } };
      },
    ),

    command(
      routes.mintTokenFor,
      ({ actor, params, body }, receipt) =>
        perform(db, actor.tenant, receipt, async (tx) => {
          const bot = await accessBot(tx, actor, params.participant_id);
          const minted = await mintFor(tx, actor, bot, body);
          return { status: 200 as const, ref: refOf(minted, receipt), text: minted.token };
        }),
      async ({ actor }, { ref, text }, receipt) => ({ data: await shownToken(actor, ref, text, receipt) }),
    ),

    reply(routes.listTokensOf, ({ actor, params }) =>
      db.snapshot(async (reader) => {
        const bot = await accessBot(reader, actor, params.participant_id);
        return { data: (await listTokens(reader, actor.tenant.tenantNo, bot.participantNo)).map(tokenView) };
      }),
    ),

    reply(routes.revokeTokenOf, async ({ actor, params }) => {
      const { tenantNo } = actor.tenant;
      await db.write(actor.tenant, async (tx) => {
        const bot = await accessBot(tx, actor, params.participant_id);
        await revokeToken(tx, actors, { tenantNo, participantNo: bot.participantNo }, params.token_id);
        const details = { token_id: params.token_id };
        await record(tx, { tenantNo, action: "token.revoke", actor: actor.fqid, target: bot.fqid, details });
      });
      return { data: { id: params.token_id, revoked: true as const } };
    }),
  ];
}
