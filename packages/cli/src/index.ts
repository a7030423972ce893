import { CommanderError } from "commander";
import { errorText } from "./error-text.ts";
import { exitCodeOf } from "./exit-codes.ts";
import type { Streams } from "./output.ts";
import { buildProgram, calledIn } from "./program.ts";

export type { Streams } from "./output.ts";

/**
 * Runs the command line; answers the exit code: 0 ok, 1 failed, 2 usage, 3 auth, 4 not found, 5 conflict.
 * `args` are those after the program's name.
 */
export async function run(
  args: readonly string[],
  streams: Streams = { data: process.stdout, messages: process.stderr },
): Promise<number> {
  const { command, output, exitCode } = await buildProgram(args, streams);
  try {
    await command.parseAsync(asked(args), { from: "user" });
    return exitCode();
  } catch (error) {
    // Commander has said its piece already.
    if (!(error instanceof CommanderError)) output().error(errorText(error));
    return exitCodeOf(error);
  }
}

/** `help tenant create` is `tenant create --help`: by itself it would tell of the first word alone. */
function asked(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  if (first !== "help" || rest.length === 0) return args;
  return calledIn(rest) === undefined ? rest : [...rest, "--help"];
}
