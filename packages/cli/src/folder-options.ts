import type { StorePlace } from "@stairwell/server";
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

/** Where the rows are that flags, environment and configuration file name. */
export async function storePlaceOf({ data, config: file }: FolderOptions): Promise<StorePlace> {
  const { loadConfig } = await import("@stairwell/server");
  const { config } = await loadConfig({ flags: { data }, file });
  return { folder: config.data, url: config.store.url };
}

/** The bucket that files are in by environment and configuration file; undefined where they are in the data folder. */
export async function bucketOf({ data, config: file }: FolderOptions): Promise<Bucket> {
  const { loadConfig, s3Of } = await import("@stairwell/server");
  return s3Of((await loadConfig({ flags: { data }, file })).config);
}

export type Bucket = ReturnType<(typeof import("@stairwell/server"))["s3Of"]>;
