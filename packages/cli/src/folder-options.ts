import type { Command } from "commander";

/** The options of commands that work on a data folder. */
export interface FolderOptions {
  data?: string;
  config?: string;
}

export function addFolderOptions(command: Command): Command {
  return command
    .option("--data <dir>", "the data folder; ./data unless configured")
    .option("--config <file>", "a configuration file");
}

/** The data folder that flags, environment and configuration file name. */
export async function dataFolderOf({ data, config: file }: FolderOptions): Promise<string> {
  const { loadConfig } = await import("@stairwell/server");
  return (await loadConfig({ flags: { data }, file })).config.data;
}
