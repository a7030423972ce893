import { rmSync } from "node:fs";
import { basename } from "node:path";
import type { Command } from "commander";
import type { RunningServer } from "@stairwell/server";
import { type Acting, type Run, withExamples } from "../command.ts";
import type { Output } from "../output.ts";
import { type DemoFolder, demoFolder, makeWhole } from "./folder.ts";
import { makeDemo } from "./make-demo.ts";
import { startBot } from "./start-bot.ts";
import { welcome, welcomeLines } from "./welcome.ts";

interface Options {
  listen?: string;
  data?: string;
  conversation?: string;
}

export function define(command: Command, acting: Acting): void {
  command
    .description(
      "Start a server with a small company in it: people, rooms of every kind, two days of talk, unread messages, and a bot " +
        "that answers. Development mode, so it can be reached from this machine only.",
    )
    .option("--listen <host:port>", "where to listen; 127.0.0.1:8080 unless configured")
    .option("--data <dir>", "keep the demo in this folder, and go on with it the next time")
    .option(
      "--conversation <file>",
      "a new demo also gets a room with the first 300 lines of this file, as replay reads it",
    );
  withExamples(command, "stairwell demo", "stairwell demo --data demo --conversation talk.jsonl.gz");
  command.action(acting(demo));
}

async function demo({ output, exitCode }: Run, options: Options): Promise<void> {
  const folder = demoFolder(options.data);
  try {
    if (!folder.isMade) {
      output.message("Making the demo …");
      await makeWhole(folder, (making) => makeDemo(making, options.conversation));
    } else if (options.conversation !== undefined) {
      output.message(`${folder.path} holds a demo already; ${basename(options.conversation)} is not played into it.`);
    }
    exitCode(await serveDemo(output, folder, options.listen));
  } finally {
    if (folder.isTemporary) rmSync(folder.path, { recursive: true, force: true });
  }
}

async function serveDemo(output: Output, folder: DemoFolder, listen: string | undefined): Promise<number> {
  const { serve } = await import("@stairwell/server");
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  const ready = async ({ url }: RunningServer): Promise<void> => {
    const found = await welcome(url, folder.path);
    output.data(found, () => welcomeLines(found, folder.isTemporary));
    await startBot(url, folder.path, stop.signal);
  };
  const onReady = (server: RunningServer): void => {
    ready(server).catch((error: unknown) => {
      // What a stop cuts off is no fault; anything else ends the process by the server's own hand.
      if (!stop.signal.aborted) throw error;
    });
  };
  return serve({ listen, data: folder.path, dev: true, onReady });
}
