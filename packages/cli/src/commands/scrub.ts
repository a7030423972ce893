import type { Scrubbed } from "@stairwell/server";
import type { Command } from "commander";
import { type Acting, type Run, withExamples } from "../command.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { counted, sizeText } from "../figures.ts";
import { addFolderOptions, type FolderOptions, storePlaceOf } from "../folder-options.ts";
import { untilInterrupted } from "../interrupt.ts";
import { StepProgress } from "../step-progress.ts";

interface Options extends FolderOptions {
  wal?: true;
}

export function define(command: Command, acting: Acting): void {
  command
    .description(
      "Write the tables of a store on PostgreSQL that hold what people say into new files, so that no byte of what was " +
        "deleted is left in them. For a time when few are here: each table is locked while it is written, and needs as " +
        "much disk again. The embedded store needs nothing of the kind.",
    )
    .option("--wal", "write over the files of the write-ahead log too; for a role that may checkpoint and list them");
  addFolderOptions(command);
  withExamples(
    command,
    "stairwell scrub --config /etc/stairwell/scale.toml",
    "stairwell scrub --wal --config /etc/stairwell/scale.toml",
  );
  command.action(acting(scrub));
}

async function scrub({ output, exitCode }: Run, { wal, ...options }: Options): Promise<void> {
  const { url } = await storePlaceOf(options);
  if (url === undefined) {
    throw new UsageError(
      "nothing to scrub: the store is in the data folder, where deleted bytes are overwritten. For one on PostgreSQL " +
        "say which: store.url, or STAIRWELL_STORE_URL",
    );
  }
  const { scrubStore } = await import("@stairwell/server");
  const progress = new StepProgress(output);
  try {
    const done = await untilInterrupted("stopped; what was written anew stays so", (signal) =>
      scrubStore(url, { withLog: wal === true, signal, onStep: progress.show }),
    );
    progress.end();
    output.data(done, () => linesOf(done));
    if (done.readers > 0) {
      output.message("Deleted rows that somebody still reads were copied too: end those who read, and run it again.");
      exitCode(EXIT.failed);
    }
  } finally {
    progress.end();
  }
}

function linesOf({ tables, readers, log }: Scrubbed): string[] {
  return [
    ...Object.entries(tables).map(
      ([name, { before, after }]) => `${name}: ${sizeText(before)}, now ${sizeText(after)}`,
    ),
    ...(log === null ? [] : [`write-ahead log: ${sizeText(log)} written over`]),
    ...(readers === 0 ? [] : [`${counted(readers, "session")} read an older moment`]),
  ];
}
