import type { Command } from "commander";
import { StairwellClient } from "@stairwell/client";
import { directory } from "@stairwell/protocol/api";
import { type Acting, type Run, withExamples } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { exportTo } from "../export/export-to.ts";
import { ExportProgress } from "../export/show-progress.ts";
import { grouped, sizeText } from "../figures.ts";

const USUAL_URL = "http://127.0.0.1:8080";

interface Options {
  output?: string;
  url: string;
  token?: string;
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
    .option("--force", "write over a file that is there")
    .option("--url <url>", "where the server is", process.env.STAIRWELL_URL ?? USUAL_URL)
    .option("--token <token>", "an access token; STAIRWELL_TOKEN unless given");
  withExamples(
    command,
    "stairwell room export room-019b76da-a801-7cd3-9d4e-b485fd695f47",
    "stairwell room export '#kitchen:acme.example' -o kitchen.zip",
  );
  command.action(acting(exportRoom));
}

async function exportRoom({ output }: Run, room: string, options: Options): Promise<void> {
  const token = options.token ?? process.env.STAIRWELL_TOKEN;
  if (token === undefined) throw new UsageError("say who you are: --token TOKEN, or STAIRWELL_TOKEN");
  const client = new StairwellClient({ baseUrl: options.url, token });
  const roomId = room.startsWith("#")
    ? (await client.request(directory.resolveAlias, { params: { alias: room } })).data.id
    : room;
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Error("stopped; nothing was written"));
  process.once("SIGINT", interrupt);
  const progress = new ExportProgress(output);
  try {
    const made = await exportTo(
      { baseUrl: options.url, token, signal: stop.signal, onProgress: progress.show },
      roomId,
      { path: options.output, mayReplace: options.force === true },
    );
    progress.end();
    const said = `${grouped(made.events)} events, ${sizeText(made.bytes)}`;
    if (made.file === null) output.message(`${said} to stdout`);
    else output.data(made, () => [`${made.file}: ${said}`]);
  } finally {
    progress.end();
    process.removeListener("SIGINT", interrupt);
  }
}
