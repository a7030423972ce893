import type { Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { addServeOptions, type ServeOptions } from "../serve-options.ts";

export function defineConfigPrint(parent: Command, acting: Acting): void {
  const command = parent
    .command("print")
    .description("Print the settings in force and where each comes from; secrets are hidden.");
  addServeOptions(command);
  withExamples(command, "stairwell config print --config /etc/stairwell.toml");
  command.action(
    acting(async ({ output }, { config: file, listen, data, dev }: ServeOptions) => {
      const { configLines, loadConfig, printConfig } = await import("@stairwell/server");
      const loaded = await loadConfig({ flags: { listen, data, dev }, file });
      output.data(configLines(loaded), () => printConfig(loaded).trimEnd().split("\n"));
    }),
  );
}
