import type { Command } from "commander";
import { StairwellClient } from "@stairwell/client";
import { directory } from "@stairwell/protocol/api";
import { type Acting, type Run, withExamples } from "../command.ts";
import { exportTo, leftOf } from "../export/export-to.ts";
import { ExportProgress } from "../export/show-progress.ts";
import { UsageError } from "../exit-codes.ts";
import { counted, sizeText } from "../figures.ts";
import { untilInterrupted } from "../interrupt.ts";
import { reaching } from "../reach.ts";
import { addCallerOptions, type Caller, callerOf, type CallerOptions } from "../server-options.ts";

interface Options extends CallerOptions {
  output?: string;
  force?: true;
}

export function defineRoomExport(parent: Command, acting: Acting): void {
  const command = parent
    .command("export")
    .description(
      "Export a room as one file, with all that you can read in it. A file that is not whole is called .part and " +
        "removed when the export ends in the middle.",
    )
    .argument("<room>", "its id or alias")
    .option("-o, --output <file>", "where to write; - for stdout; a name from the room's unless given")
    .option("--force", "write over a file that is there");
  addCallerOptions(command);
  withExamples(
    command,
    "stairwell room export room-019b76da-a801-7cd3-9d4e-b485fd695f47",
    "stairwell room export '#kitchen:acme.example' -o kitchen.zip",
  );
  command.action(acting(exportRoom));
}

async function exportRoom({ output }: Run, room: string, options: Options): Promise<void> {
  const caller = await callerOf(options);
  const progress = new ExportProgress(output);
  try {
    const made = await untilInterrupted(`stopped; ${leftOf({ path: options.output })}`, (signal) =>
      reaching(caller.baseUrl, async () =>
        exportTo({ ...caller, signal, onProgress: progress.show }, await roomIdOf(caller, room, signal), {
          path: options.output,
          mayReplace: options.force === true,
        }),
      ),
    );
    progress.end();
    const said = `${counted(made.events, "event")}, ${sizeText(made.bytes)}`;
    if (made.file === null) output.message(`${said} to stdout`);
    else output.data(made, () => [`${made.file}: ${said}`]);
  } finally {
    progress.end();
  }
}

async function roomIdOf(caller: Caller, room: string, signal: AbortSignal): Promise<string> {
  if (room.startsWith("room-")) return room;
  if (!/^#[^:]+:./.test(room)) {
    throw new UsageError(`${room} is neither a room's id, room-…, nor an alias, #name:server_name`);
  }
  const client = new StairwellClient(caller);
  return (await client.request(directory.resolveAlias, { params: { alias: room }, signal })).data.id;
}
