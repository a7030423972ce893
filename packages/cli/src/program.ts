import { Command, Help, type Option } from "commander";
import type { Acting, CommandEntry } from "./command.ts";
import { COMMANDS } from "./registry.ts";
import { Output, type Streams } from "./output.ts";
import { version } from "./version.ts";

export interface Program {
  readonly command: Command;
  /** The output with the options as they were parsed so far. */
  readonly output: () => Output;
  /** What actions set; 0 until then. */
  readonly exitCode: () => number;
}

/** Builds the program for some arguments; only the command that they name is loaded. */
export async function buildProgram(args: readonly string[], streams: Streams): Promise<Program> {
  let code = 0;
  const root = new Command("stairwell");
  const output = (): Output => new Output(streams, root.opts<{ json?: true }>().json === true);
  const acting: Acting =
    (action) =>
    (...rest) =>
      action({ output: output(), exitCode: (set) => (code = set) }, ...rest);

  root
    .description("Stairwell: a self-hosted rooms server for people, bots and AI agents.")
    .version(version, "-V, --version", "print the version")
    .option("--json", "print data as JSON")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help of a command")
    .configureHelp({
      showGlobalOptions: true,
      // Names alone: what a command takes is in its own help.
      subcommandTerm: (command) => command.name(),
      optionDescription: describedOption,
    })
    .configureOutput({
      writeOut: (text) => void streams.data.write(text),
      writeErr: (text) => void streams.messages.write(text),
    })
    .showHelpAfterError("(--help tells more)")
    .exitOverride()
    .addHelpText("after", "\nExamples:\n  $ stairwell serve --dev\n  $ stairwell tenant create --help");

  const called = calledIn(args);
  for (const entry of COMMANDS) {
    const command = root.command(entry.name).description(capitalised(entry.summary)).summary(entry.summary);
    if (entry === called) (await entry.load()).define(command, acting);
  }
  return { command: root, output, exitCode: () => code };
}

/** The command that arguments name: the first word, or the one after `help`. No option of the root takes a value. */
export function calledIn(args: readonly string[]): CommandEntry | undefined {
  const [first, second] = args.filter((arg) => !arg.startsWith("-"));
  const called = first === "help" ? second : first;
  return COMMANDS.find(({ name }) => name === called);
}

/** What help says of an option, and whether it must be given. */
function describedOption(option: Option): string {
  const said = new Help().optionDescription(option);
  return option.mandatory ? `${said} (required)` : said;
}

function capitalised(summary: string): string {
  return `${summary[0]!.toUpperCase()}${summary.slice(1)}.`;
}
