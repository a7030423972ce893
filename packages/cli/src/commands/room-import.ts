import type { Command } from "commander";
import { omittedText } from "../bundle/omitted-text.ts";
import { type Acting, type Run, withExamples } from "../command.ts";
import { counted, grouped, sizeText } from "../figures.ts";
import { importFrom } from "../import/import-from.ts";
import { ImportProgress } from "../import/show-progress.ts";
import { untilInterrupted } from "../interrupt.ts";
import { reaching } from "../reach.ts";
import { addCallerOptions, callerOf, type CallerOptions } from "../server-options.ts";

interface Options extends CallerOptions {
  workspace?: string;
  dryRun?: true;
}

export function defineRoomImport(parent: Command, acting: Acting): void {
  const command = parent
    .command("import")
    .description("Make a room of a bundle. All of it is checked first: where anything is wrong, nothing is made.")
    .argument("<file>", "the bundle; - for stdin")
    .option("--workspace <id>", "where the room comes to be; your personal workspace unless given")
    .option("--dry-run", "check everything, and make no room");
  addCallerOptions(command);
  withExamples(
    command,
    "stairwell room import kitchen.zip",
    "stairwell room import kitchen.zip --dry-run",
    "stairwell room export '#kitchen:acme.example' -o - | stairwell room import - --url https://rooms.example.org",
  );
  command.action(acting(importRoom));
}

async function importRoom({ output }: Run, file: string, options: Options): Promise<void> {
  const caller = await callerOf(options);
  const progress = new ImportProgress(output);
  try {
    const made = await untilInterrupted(
      () =>
        progress.isSent
          ? "stopped while the server made the room: see whether it is there before you import it again"
          : "stopped before all of it was sent: no room was made",
      (signal) =>
        reaching(caller.baseUrl, () =>
          importFrom(
            { ...caller, signal, onProgress: progress.show, onWork: progress.showWork },
            { path: file, workspaceId: options.workspace, dryRun: options.dryRun === true },
          ),
        ),
    );
    progress.end();
    const { events, media, media_bytes, authors, omitted, signature, warnings } = made.report;
    const files = media === 0 ? "no files" : `${counted(media, "file")} of ${sizeText(media_bytes)}`;
    output.data(made, () => [
      made.room_id === null ? "The bundle can be imported; no room was made." : `Imported as ${made.room_id}.`,
      `${counted(events, "event")} by ${grouped(authors)} ${authors === 1 ? "person" : "people"}, ${files}; signature ${signature}`,
      ...(omitted.length === 0 ? [] : [`Not in the bundle: ${omittedText(omitted)}.`]),
      ...warnings.map((warning) => `Note: ${warning}`),
    ]);
  } finally {
    progress.end();
  }
}
