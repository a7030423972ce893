import { basename } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { cleanName, StairwellError } from "@stairwell/protocol";
import { type Acting, type Run, withExamples } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { counted } from "../figures.ts";
import { addFolderOptions, type FolderOptions } from "../folder-options.ts";
import { untilInterrupted } from "../interrupt.ts";
import { addServerOptions, type ServerOptions } from "../server-options.ts";
import { withControl } from "../with-control.ts";
import { StepProgress } from "../step-progress.ts";
import { type Conversation, readConversation } from "./conversation/read-conversation.ts";
import { parseSpeed, type Speed } from "./plan/pace.ts";
import { replay } from "./replay.ts";
import { reportLines } from "./report-lines.ts";
import { leanFetch } from "./server/lean-fetch.ts";

const MEANING = `
A line is an object whose values are all texts, without other keys:
  {"id": "1", "day": "2026-01-31", "time": "09:05", "type": "message", "nick": "ann", "text": "Shall we?"}
  {"id": "2", "day": "2026-01-31", "time": "09:06", "type": "message", "nick": "ben", "text": "ann: yes", "reply_to": "1"}
The id is the line's own, of visible ASCII; type is message, action, join, leave or nick. A message or an action needs a
text, and may have reply_to, the id of an earlier line; a leave may have a text, its reason; a nick's is the new nick.

What becomes of a line:
  message, action  a message with this text, swp.text or swp.emote; a leading "nick:" of somebody in the room becomes a
                   mention, reply_to a reply; who has not joined joins first
  join, leave      a join or leave; no event where it changes nothing
  nick             a custom event irc.nick {from, to} by the old nick, which stays; the new one is a person of its own
Each nick is one participant, with the nick as display name. With --speed 10x the lines of a minute are spread over it,
a line without a time belongs to the minute before, and nothing waits between two days.`;

interface Options extends FolderOptions, ServerOptions {
  tenant: string;
  room?: string;
  speed: Speed;
}

export function define(command: Command, acting: Acting): void {
  command
    .description(
      "Play a conversation file into a public room of a running server, read everything back and compare. " +
        "The tenant has no limits and is made when missing; an interrupted replay goes on where it was.",
    )
    .argument(
      "<file>",
      "JSON lines, as they are or gzipped: {id, type, nick, day?, time?, text?, reply_to?}; an example is below",
    )
    .option("--tenant <slug>", "the tenant", "replay")
    .option("--room <name>", "the room's name; the file's unless given", roomName)
    .addOption(
      new Option("--speed <speed>", "max, lines a second as 50, or times as fast as it was as 10x")
        .argParser(speedOf)
        .default({ kind: "max" } satisfies Speed, "max"),
    );
  addServerOptions(command);
  addFolderOptions(command);
  withExamples(
    command,
    "stairwell replay talk.jsonl.gz",
    "stairwell replay talk.jsonl --room lobby --speed 10x --data /var/lib/stairwell --json",
  );
  command.addHelpText("after", MEANING);
  command.action(acting(play));
}

async function play({ output, exitCode }: Run, file: string, options: Options): Promise<void> {
  const conversation = readConversation(file);
  refuseFaults(file, conversation);
  const progress = new StepProgress(output);
  const lean = leanFetch();
  try {
    const report = await untilInterrupted("stopped; the same command goes on", (signal) =>
      withControl(options, (control) =>
        replay({ url: options.url, fetch: lean.fetch }, control, {
          lines: conversation.lines,
          tenant: options.tenant,
          room: options.room ?? roomOf(file),
          speed: options.speed,
          signal,
          onProgress: progress.show,
        }),
      ),
    );
    progress.end();
    output.data(report, () => reportLines(report));
    if (report.outcome !== "equal") exitCode(EXIT.failed);
  } finally {
    progress.end();
    lean.close();
  }
}

/** Nothing is sent of a file that has something wrong in it. */
function refuseFaults(file: string, { faults, lines }: Conversation): void {
  if (faults.length > 0) {
    const shown = faults.slice(0, 50).map(({ number, problem }) => `  line ${number} ${problem}`);
    const more = faults.length > shown.length ? [`  and ${faults.length - shown.length} more`] : [];
    throw new Error(
      [`nothing was sent: ${counted(faults.length, "bad line")} in ${file}`, ...shown, ...more].join("\n"),
    );
  }
  if (lines.length === 0) throw new Error(`${file} has no lines`);
}

function speedOf(text: string): Speed {
  const speed = parseSpeed(text);
  if (speed === undefined) throw new InvalidArgumentError("It is max, a number of lines a second, or a number and x.");
  return speed;
}

function roomName(text: string): string {
  const name = cleanedName(text);
  if (name === undefined) throw new InvalidArgumentError("It cannot be the name of a room.");
  return name;
}

/** The file's name without its endings. */
function roomOf(file: string): string {
  return (
    cleanedName(
      basename(file)
        .replace(/\.gz$/, "")
        .replace(/\.jsonl?$/, ""),
    ) ?? "Replay"
  );
}

function cleanedName(text: string): string | undefined {
  try {
    return cleanName(text, "/room");
  } catch (error) {
    if (error instanceof StairwellError) return undefined;
    throw error;
  }
}
