import { resolve } from "node:path";
import type { Command } from "commander";
import { type Acting, type Run, withExamples } from "../command.ts";
import { embeddedPlaceOf } from "../embedded-only.ts";
import { EXIT } from "../exit-codes.ts";
import { counted, sizeText } from "../figures.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { untilInterrupted } from "../interrupt.ts";
import { fields } from "../output.ts";
import { StepProgress } from "../step-progress.ts";

export function define(command: Command, acting: Acting): void {
  command
    .description(
      "Copy a data folder into a new or empty folder: the store as it is at one moment, the files that it names, and the " +
        "secret. Files that are in a bucket are yours to copy, after it. A server may run, and goes on. The backup holds keys and all content: keep it as safe as the server.",
    )
    .argument("<dir>", "where the backup goes");
  addFolderOptions(command);
  withExamples(command, "stairwell backup /var/backups/stairwell/2027-01-31 --data /var/lib/stairwell");
  command.action(acting(makeBackup));
}

async function makeBackup({ output, exitCode }: Run, dir: string, options: FolderOptions): Promise<void> {
  const { backup, ControlError, hasStore, systemClock: clock } = await import("@stairwell/server");
  const { folder, bucket } = await embeddedPlaceOf(options);
  if (!hasStore(folder)) throw new ControlError("not_found", `There is no store in ${folder}; name it with --data.`);
  const progress = new StepProgress(output, "bytes");
  try {
    const made = await untilInterrupted("stopped; nothing is left of the backup", (signal) =>
      backup(folder, dir, { clock, signal, bucket: bucket?.bucket, onProgress: progress.show }),
    );
    progress.end();
    output.data({ folder: resolve(dir), ...made }, () => [
      ...fields({
        backup: resolve(dir),
        "as of": made.made_at,
        store: sizeText(made.store_bytes),
        media: `${counted(made.media, "file")}, ${sizeText(made.media_bytes)}${bucket === undefined ? "" : `, in the bucket ${bucket.bucket}`}`,
      }),
      ...made.lost.map((file) => `missing in the data folder itself: ${file}`),
    ]);
    if (bucket !== undefined)
      output.message("Copy the bucket now, with its own tools: its files are none of the backup.");
    if (made.lost.length > 0) {
      output.message("The backup is whole but for files that the data folder has lost; 'stairwell verify' says whose.");
      exitCode(EXIT.failed);
    }
  } finally {
    progress.end();
  }
}
