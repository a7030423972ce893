import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { S3Options } from "@stairwell/server/testing";

/** How a process ended, and what it last wrote to standard error. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  messages: string;
}

/** A server process that may still be starting. */
export interface Launched {
  readonly pid: number;
  /** Its address, once it takes requests; rejects with its last messages when it ends before. */
  readonly url: Promise<string>;
  readonly ended: Promise<Ended>;
  /** Sends a signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<Ended>;
}

export interface LaunchOptions {
  /** A program that runs the server, as a tracer; the server must keep the process id. */
  under?: readonly string[];
  /** Makes the tenant `dev` without limits. */
  withoutLimits?: boolean;
  /** Where other servers are: server name → base URL. */
  hosts?: Readonly<Record<string, string>>;
  /** Where its files are, if not in the data folder. */
  s3?: S3Options;
  /** The database that has its rows, if not the data folder. */
  storeUrl?: string | undefined;
}

const SERVE = join(import.meta.dirname, "serve.ts");
/** Of standard error, so much is kept. */
const KEPT = 4000;

/** Starts a server on a data folder as a process of its own. It never outlives this process. */
export function launch(
  folder: string,
  { under = [], withoutLimits = false, s3, hosts, storeUrl }: LaunchOptions = {},
): Launched {
  const server = [process.execPath, "--disable-warning=ExperimentalWarning", SERVE, folder];
  const [file, ...args] = [...under, ...server, ...(withoutLimits ? ["--without-limits"] : [])];
  const env = {
    ...process.env,
    ...(s3 && { STAIRWELL_TEST_S3: JSON.stringify(s3) }),
    ...(hosts && { STAIRWELL_TEST_HOSTS: JSON.stringify(hosts) }),
    ...(storeUrl !== undefined && { STAIRWELL_TEST_STORE: storeUrl }),
  };
  const child = spawn(file!, args, { stdio: ["ignore", "pipe", "pipe"], env });
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", endWithUs);

  let messages = "";
  child.stderr.on("data", (chunk: Buffer) => (messages = (messages + chunk.toString()).slice(-KEPT)));
  const ended = once(child, "close").then(([code, signal]): Ended => {
    process.off("exit", endWithUs);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, messages };
  });
  const lines = createInterface(child.stdout);
  const url = Promise.race([
    once(lines, "line").then(([line]) => line as string),
    ended.then((end) => {
      throw new Error(`the server ended before it was ready: ${JSON.stringify(end)}`);
    }),
  ]);
  // Whoever kills a starting server does not ask where it listens.
  url.catch(() => {});
  return {
    pid: child.pid!,
    url,
    ended,
    kill(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
