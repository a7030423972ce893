import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

/** Why no process can be traced here; false where one can. For `skip`: in CI nothing may be skipped, so CI has it. */
export const NO_STRACE: string | false =
  spawnSync("strace", ["--version"]).status === 0 ? false : "strace is not installed";

/** The arguments that make a tracer change the system calls of a process, as `pwrite64:error=ENOSPC`. */
export function injecting(fault: string, paths: readonly string[] = []): string[] {
  const [calls] = fault.split(":");
  return [...paths.flatMap((path) => ["-P", path]), "-e", `trace=${calls}`, "-e", `inject=${fault}`];
}

/** A program to run a server under, which keeps the process id (see `LaunchOptions.under`). */
export function underStrace(args: readonly string[]): string[] {
  return ["strace", "-D", "-qq", ...args];
}

/**
 * Traces the main thread of a process, where the server reads, writes and syncs. Settles once the tracer has it;
 * `detach` lets it go, and settles when it runs free.
 */
export async function attachStrace(pid: number, args: readonly string[]): Promise<{ detach(): Promise<void> }> {
  const tracer = spawn("strace", ["-p", String(pid), ...args], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(tracer, "close");
  let messages = "";
  await new Promise<void>((resolve, reject) => {
    tracer.stderr.on("data", (chunk: Buffer) => {
      messages += chunk.toString();
      if (messages.includes("attached")) resolve();
    });
    void ended.then(() => reject(new Error(`strace ended: ${messages}`)));
  });
  return {
    async detach() {
      tracer.kill("SIGINT");
      await ended;
    },
  };
}
