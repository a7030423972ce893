import { type Command, Option } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { withControl } from "../with-control.ts";
import { participantLines } from "./participant-lines.ts";

interface Options extends FolderOptions {
  tenant: string;
  type: "human" | "bot" | "agent";
  displayName?: string;
  autoJoin?: true;
  admin?: true;
}

export function defineParticipantCreate(parent: Command, acting: Acting): void {
  const command = parent
    .command("create <local-id>")
    .description("Make a participant of a tenant, with a personal workspace. The local id is for ever.")
    .requiredOption("--tenant <slug>", "the tenant")
    .addOption(new Option("--type <type>", "what they are").choices(["human", "bot", "agent"]).default("human"))
    .option("--display-name <name>", "what others see; the local id unless given")
    .option("--auto-join", "accept invites at once; bots and agents only")
    .option("--admin", "give the role admin; humans only");
  addFolderOptions(command);
  withExamples(
    command,
    'stairwell participant create helper --tenant acme --type bot --display-name "Helper" --auto-join',
  );
  command.action(
    acting(async ({ output }, localId: string, options: Options) => {
      const { tenant, type, displayName, autoJoin = false, admin = false } = options;
      const who = { tenant, local_id: localId, participant_type: type, auto_join: autoJoin, admin };
      const input = displayName === undefined ? who : { ...who, display_name: displayName };
      const made = await withControl(options, (control) => control.run("participant.create", input));
      output.data(made, () => participantLines(made));
    }),
  );
}
