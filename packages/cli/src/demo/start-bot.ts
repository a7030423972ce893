import { StairwellClient } from "@stairwell/client";
import { participants } from "@stairwell/protocol/api";
import { openControl } from "@stairwell/server";
import { runBot } from "./bot/bot.ts";
import { PORTER } from "./script/cast.ts";
import { TENANT } from "./seed/company.ts";

const TOKEN_NAME = "demo bot";

/** Gives the bot a fresh token, takes those of earlier runs away, and lets it answer until the signal comes. */
export async function startBot(url: string, data: string, signal: AbortSignal): Promise<void> {
  const control = await openControl(data);
  const minted = await control.run("token.create", { tenant: TENANT, local_id: PORTER.localId, name: TOKEN_NAME });
  await control.close();
  const client = new StairwellClient({ baseUrl: url, token: minted.token });
  const { data: tokens } = await client.request(participants.listTokens);
  for (const { id } of tokens.filter((token) => token.name === TOKEN_NAME && token.id !== minted.id)) {
    await client.request(participants.revokeToken, { params: { token_id: id } });
  }
  await runBot({ url, token: minted.token, participantId: minted.participant_id, signal });
}
