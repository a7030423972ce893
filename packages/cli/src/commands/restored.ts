import type { Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { fields } from "../output.ts";
import { withControl } from "../with-control.ts";

export function define(command: Command, acting: Acting): void {
  command.description(
    "Say that the store was put back from an older copy by other means than 'stairwell restore', before a server works on " +
      "it. Servers that share rooms with it are then asked for what came after that copy.",
  );
  addFolderOptions(command);
  withExamples(command, "stairwell restored --config /etc/stairwell.toml");
  command.action(
    acting(async ({ output }, options: FolderOptions) => {
      const answer = await withControl(options, (control) => control.run("store.restored", {}));
      output.data(answer, () => fields({ "rooms to ask for": String(answer.to_ask) }));
    }),
  );
}
