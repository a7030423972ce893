import { type Command, Option } from "commander";
import { admin } from "@stairwell/protocol/api";
import { type Acting, withExamples } from "../command.ts";
import { table } from "../output.ts";
import { addCallerOptions, type CallerOptions } from "../server-options.ts";
import { asAdmin, givenIn } from "./as-admin.ts";
import { participantId } from "./ids.ts";
import { participantFields } from "./participants.ts";

const BOT = "prt-019b76da-a801-7cd3-9d4e-b485fd695f47";

interface NewBot extends CallerOptions {
  type: "bot" | "agent";
  displayName?: string;
  autoJoin?: true;
}

interface NewToken extends CallerOptions {
  name?: string;
  expires?: string;
}

export function defineBots(parent: Command, acting: Acting): void {
  const create = parent
    .command("create-bot <local-id>")
    .description("Make a bot or an agent with a token, which is printed this once. The local id is for ever.")
    .addOption(new Option("--type <type>", "what it is").choices(["bot", "agent"]).default("bot"))
    .option("--display-name <name>", "what others see; the local id unless given")
    .option("--auto-join", "accept invites at once");
  addCallerOptions(create);
  withExamples(create, 'stairwell admin create-bot helper --display-name "Helper" --auto-join');
  create.action(
    acting(async ({ output }, local_id: string, options: NewBot) => {
      const more = givenIn({ display_name: options.displayName, auto_join: options.autoJoin });
      const body = { local_id, participant_type: options.type, ...more };
      const { data } = await asAdmin(options, (client) => client.request(admin.createParticipant, { body }));
      for (const line of participantFields(data)) output.message(line);
      output.message("Its token is shown this once:");
      output.data(data, () => [data.token!.token]);
    }),
  );

  const mint = parent
    .command("create-token")
    .addArgument(participantId())
    .description("Mint an access token for a bot or an agent and print it, this once.")
    .option("--name <name>", "what the token is called in lists")
    .option("--expires <time>", "when it ends, as 2027-01-31T00:00:00Z; never unless given");
  addCallerOptions(mint);
  withExamples(mint, `stairwell admin create-token ${BOT} --name nightly`);
  mint.action(
    acting(async ({ output }, participant_id: string, options: NewToken) => {
      const body = givenIn({ name: options.name, expires_at: options.expires });
      const call = { params: { participant_id }, body };
      const { data } = await asAdmin(options, (client) => client.request(admin.mintTokenFor, call));
      output.message("The token is shown this once:");
      output.data(data, () => [data.token]);
    }),
  );

  const list = parent
    .command("tokens")
    .addArgument(participantId())
    .description("List the tokens of a bot or an agent.");
  addCallerOptions(list);
  withExamples(list, `stairwell admin tokens ${BOT}`);
  list.action(
    acting(async ({ output }, participant_id: string, options: CallerOptions) => {
      const call = { params: { participant_id } };
      const { data } = await asAdmin(options, (client) => client.request(admin.listTokensOf, call));
      const rows = data.map((one) => [one.id, one.scopes.join(" "), one.created_at, one.expires_at ?? "-", one.name]);
      output.data(data, () => table(["TOKEN", "SCOPES", "MADE", "ENDS", "NAME"], rows));
    }),
  );

  const revoke = parent
    .command("revoke-token")
    .addArgument(participantId())
    .argument("<token-id>")
    .description("Revoke a token of a bot or an agent; it stops working within a second.");
  addCallerOptions(revoke);
  withExamples(revoke, `stairwell admin revoke-token ${BOT} tok-019b76da-a801-7cd3-9d4e-b485fd695f48`);
  revoke.action(
    acting(async ({ output }, participant_id: string, token_id: string, options: CallerOptions) => {
      const call = { params: { participant_id, token_id } };
      const { data } = await asAdmin(options, (client) => client.request(admin.revokeTokenOf, call));
      output.data(data, () => [`${data.id} is revoked.`]);
    }),
  );
}
