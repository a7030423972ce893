import type { Command } from "commander";
import type { Output } from "./output.ts";

/** What a command's action is given. */
export interface Run {
  /** How it speaks; known once the options are. */
  readonly output: Output;
  /** Sets the exit code of a command that worked and has bad news. */
  readonly exitCode: (code: number) => void;
}

/** Binds an action, so that it gets its output when it runs. */
export type Acting = <Args extends unknown[]>(
  action: (run: Run, ...args: Args) => Promise<void>,
) => (...args: Args) => Promise<void>;

/** A module of a command: gives its options, arguments, examples and action to a command that has its name already. */
export interface CommandModule {
  define(command: Command, acting: Acting): void;
}

/** A command by name, whose module is loaded only when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
  /** It serves others, and so does not end because nobody reads what it says. */
  readonly isServer?: true;
}

/** Examples, below a command's help. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`);
}
