import type { Writable } from "node:stream";
import { EXIT } from "./exit-codes.ts";
import { errorText } from "./error-text.ts";
import { calledIn } from "./program.ts";

/** What a shell calls a command that SIGPIPE ended, which is how others end here. Node ignores that signal. */
const ENDED_BY_SIGPIPE = 141;

/** Nobody reads any more: the other end of the pipe, the socket or the terminal is closed. */
const GONE: ReadonlySet<string | undefined> = new Set(["EPIPE", "ECONNRESET", "EIO"]);

/**
 * Ends this process when it cannot say what it has to say: silently with the code of SIGPIPE where its reader has gone, as
 * `| head` does, else with a sentence. A server goes on, since it serves others than whoever reads its first lines.
 */
export function followReaders(args: readonly string[]): void {
  const isServer = calledIn(args)?.isServer === true;
  for (const stream of [process.stdout, process.stderr]) stream.on("error", isServer ? ignore : endWith(stream));
}

function endWith(stream: Writable): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (GONE.has(error.code)) process.exit(ENDED_BY_SIGPIPE);
    if (stream !== process.stderr) process.stderr.write(`error: ${errorText(error)}\n`);
    process.exit(EXIT.failed);
  };
}

function ignore(): void {}
