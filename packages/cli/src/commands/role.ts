import { Argument, type Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { withControl } from "../with-control.ts";
import { participantLines } from "./participant-lines.ts";

interface Options extends FolderOptions {
  tenant: string;
}

export function define(command: Command, acting: Acting): void {
  const verbs = [
    { verb: "grant", operation: "role.grant", says: "Give somebody a role." },
    { verb: "revoke", operation: "role.revoke", says: "Take a role from somebody; it counts at once." },
  ] as const;
  for (const { verb, operation, says } of verbs) {
    const sub = command
      .command(verb)
      .description(says)
      .addArgument(new Argument("<role>", "the role").choices(["admin"]))
      .argument("<local-id>", "whom")
      .requiredOption("--tenant <slug>", "their tenant");
    addFolderOptions(sub);
    withExamples(sub, `stairwell role ${verb} admin alice --tenant acme`);
    sub.action(
      acting(async ({ output }, _role: string, localId: string, options: Options) => {
        const whose = { tenant: options.tenant, local_id: localId };
        const who = await withControl(options, (control) => control.run(operation, whose));
        output.data(who, () => participantLines(who));
      }),
    );
  }
}
