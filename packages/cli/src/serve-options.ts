import type { Command } from "commander";
import { addFolderOptions, type FolderOptions } from "./folder-options.ts";

/** The options that make up a server's configuration, beside the environment and the file. */
export interface ServeOptions extends FolderOptions {
  listen?: string;
  dev?: true;
}

export function addServeOptions(command: Command): Command {
  command
    .option("--listen <host:port>", "where to listen; 127.0.0.1:8080 unless configured")
    .option("--dev", "development mode: `Bearer dev-alice` is alice; loopback only");
  return addFolderOptions(command);
}
