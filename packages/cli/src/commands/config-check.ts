import type { Command } from "commander";
import { type Acting, withExamples } from "../command.ts";
import { addServeOptions, type ServeOptions } from "../serve-options.ts";

export function defineConfigCheck(parent: Command, acting: Acting): void {
  const command = parent
    .command("check")
    .description("Check flags, environment and configuration file without starting anything.");
  addServeOptions(command);
  withExamples(command, "stairwell config check --config /etc/stairwell.toml");
  command.action(
    acting(async ({ output }, { config: file, listen, data, dev }: ServeOptions) => {
      const { loadConfig } = await import("@stairwell/server");
      await loadConfig({ flags: { listen, data, dev }, file });
      output.data({ ok: true }, () => ["The configuration is valid."]);
    }),
  );
}
