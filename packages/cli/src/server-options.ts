import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { type Command, InvalidArgumentError, Option } from "commander";
import { errorText } from "./error-text.ts";
import { UsageError } from "./exit-codes.ts";

const USUAL_URL = "http://127.0.0.1:8080";

/** The options of commands that call a running server. */
export interface ServerOptions {
  url: string;
}

/** And of those that call it as somebody. */
export interface CallerOptions extends ServerOptions {
  tokenFile?: string;
}

/** A server, and who calls it. */
export interface Caller {
  readonly baseUrl: string;
  readonly token: string;
}

export function addServerOptions(command: Command): Command {
  return command.addOption(
    new Option("--url <url>", "where the server is").env("STAIRWELL_URL").default(USUAL_URL).argParser(urlOf),
  );
}

/** Tokens are no arguments: every user of a machine sees those. */
export function addCallerOptions(command: Command): Command {
  return addServerOptions(command)
    .option("--token-file <file>", "a file with an access token, - for stdin; STAIRWELL_TOKEN unless given")
    .addOption(new Option("--token <token>").argParser(refuseToken).hideHelp());
}

/** Who calls. `UsageError` where no token is given, or its file cannot be read. */
export async function callerOf({ url: baseUrl, tokenFile }: CallerOptions): Promise<Caller> {
  const token = (tokenFile === undefined ? process.env.STAIRWELL_TOKEN : await read(tokenFile))?.trim();
  if (token === undefined || token === "") {
    const where = tokenFile === undefined ? "" : `${tokenFile === "-" ? "stdin" : tokenFile} has no token; `;
    throw new UsageError(`${where}say who you are: put an access token into STAIRWELL_TOKEN, or into a --token-file`);
  }
  // It becomes a header, and what cannot stand in one is none of ours; it is not repeated here.
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError("what was given as an access token is none");
  return { baseUrl, token };
}

async function read(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`--token-file ${errorText(error)}`, { cause: error });
  }
}

function urlOf(given: string): string {
  if (!/^https?:\/\//.test(given) || !URL.canParse(given)) {
    throw new InvalidArgumentError("It is http://HOST:PORT or https://HOST.");
  }
  return given.replace(/\/+$/, "");
}

function refuseToken(): never {
  throw new UsageError(
    "a token is no argument, since others on this machine see those: put it into STAIRWELL_TOKEN, or into a --token-file",
  );
}
