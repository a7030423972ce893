import type { Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { withControl } from "../with-control.ts";
import { participantLines } from "./participant-lines.ts";

interface Options extends FolderOptions {
  tenant: string;
}

const VERBS = [
  {
    verb: "deactivate",
    operation: "participant.deactivate",
    says: "Let somebody in no more: their tokens end within a second, and their rooms are left one by one.",
  },
  {
    verb: "reactivate",
    operation: "participant.reactivate",
    says: "Let somebody in again, without roles, tokens and rooms.",
  },
] as const;

export function defineParticipantStanding(parent: Command, acting: Acting): void {
  for (const { verb, operation, says } of VERBS) {
    const command = parent
      .command(`${verb} <local-id>`)
      .description(says)
      .requiredOption("--tenant <slug>", "their tenant");
    addFolderOptions(command);
    withExamples(command, `stairwell participant ${verb} alice --tenant acme`);
    command.action(
      acting(async ({ output }, localId: string, options: Options) => {
        const whose = { tenant: options.tenant, local_id: localId };
        const who = await withControl(options, (control) => control.run(operation, whose));
        output.data(who, () => participantLines(who));
      }),
    );
  }
}
