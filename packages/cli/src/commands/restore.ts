import { resolve } from "node:path";
import type { Command } from "commander";
import { type Acting, type Run, withExamples } from "../command.ts";
import { embeddedPlaceOf } from "../embedded-only.ts";
import { EXIT } from "../exit-codes.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { untilInterrupted } from "../interrupt.ts";
import { fields } from "../output.ts";
import { StepProgress } from "../step-progress.ts";
import { verifyFolder, verifyLines } from "../verify-folder.ts";

export function define(command: Command, acting: Acting): void {
  command
    .description(
      "Make a data folder of a backup, and verify it. The data folder must be new or empty; nothing is written over. What " +
        "was deleted since the backup is back.",
    )
    .argument("<dir>", "the backup");
  addFolderOptions(command);
  withExamples(command, "stairwell restore /var/backups/stairwell/2027-01-31 --data /var/lib/stairwell");
  command.action(acting(restoreBackup));
}

async function restoreBackup({ output, exitCode }: Run, dir: string, options: FolderOptions): Promise<void> {
  const { restore } = await import("@stairwell/server");
  const { folder, bucket } = await embeddedPlaceOf(options);
  const progress = new StepProgress(output, "bytes");
  try {
    const { made_at } = await untilInterrupted("stopped; nothing is left of the restore", (signal) =>
      restore(dir, folder, { signal, bucket: bucket?.bucket, onProgress: progress.show }),
    );
    progress.end();
    const verified = await verifyFolder(output, folder, undefined, bucket);
    output.data({ folder: resolve(folder), made_at, verified }, () => [
      ...fields({ restored: resolve(folder), "as of": made_at }),
      ...verifyLines(verified),
    ]);
    if (verified.ok) return;
    output.message(
      bucket === undefined
        ? "The backup is damaged: look for another one before a server works on this folder."
        : "Look at each before a server works on this folder. Of files alone: the bucket has them no more, or was copied before the " +
            "rows; one that was deleted between the two was to go.",
    );
    exitCode(EXIT.failed);
  } finally {
    progress.end();
  }
}
