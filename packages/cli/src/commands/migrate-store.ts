import type { Moved } from "@stairwell/server";
import type { Command } from "commander";
import { type Acting, type Run, withExamples } from "../command.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { counted } from "../figures.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { untilInterrupted } from "../interrupt.ts";
import { StepProgress } from "../step-progress.ts";

export function define(command: Command, acting: Acting): void {
  command.description(
    "Move the store of a stopped server from its data folder into the empty PostgreSQL database of store.url, and its " +
      "files into the bucket of media.s3 where one is configured. Compares all rows and files, and leaves the folder as it " +
      "is. Whatever stops it, the same command goes on where it was.",
  );
  addFolderOptions(command);
  withExamples(command, "stairwell migrate-store --data /var/lib/stairwell --config /etc/stairwell/scale.toml");
  command.action(acting(migrateStore));
}

async function migrateStore({ output, exitCode }: Run, { data, config: file }: FolderOptions): Promise<void> {
  const { ControlError, hasStore, loadConfig, moveStore, s3Of, systemClock: clock } = await import("@stairwell/server");
  const { config } = await loadConfig({ flags: { data }, file });
  const { url } = config.store;
  if (url === undefined) {
    throw new UsageError("say where to: store.url, or STAIRWELL_STORE_URL, names an empty PostgreSQL database");
  }
  if (!hasStore(config.data)) {
    throw new ControlError("not_found", `There is no store in ${config.data}; name it with --data.`);
  }
  const progress = new StepProgress(output);
  try {
    const moved = await untilInterrupted("stopped; the same command goes on from here", (signal) =>
      moveStore(config.data, { url, s3: s3Of(config), clock, signal, onStep: progress.show }),
    );
    progress.end();
    output.data(moved, () => linesOf(moved));
    if (moved.lost.length > 0) {
      output.message("All is moved but for files that the data folder has lost; 'stairwell verify' says whose.");
      exitCode(EXIT.failed);
    }
  } finally {
    progress.end();
  }
}

function linesOf({ already, tables, files, lost }: Moved): string[] {
  if (already) return ["The store had been moved there before; nothing was done."];
  const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
  return [
    `${counted(rows, "row")} of ${counted(Object.keys(tables).length, "table")} moved, and the same in both; ` +
      `${counted(tables["rooms"] ?? 0, "room")}, ${counted(tables["events"] ?? 0, "event")}.`,
    files === null
      ? "Files stay in the data folder: no bucket is configured."
      : `${counted(files, "file")} in the bucket.`,
    ...lost.map((name) => `missing in the data folder itself: ${name}`),
  ];
}
