import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

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

/** The threads of a server's process that work on files: those of the store alone are the main thread's. */
export function fileThreads(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`).filter(
    (thread) => readFileSync(`/proc/${pid}/task/${thread}/comm`, "utf8").trim() === "libuv-worker",
  );
  return threads.map(Number);
}

/**
 * Traces threads of a process; of one that is named by its own id the main thread, where the server reads, writes and
 * syncs its store. Settles once the tracer has them; `detach` lets them go, and settles when they run free.
 */
export async function attachStrace(
  threads: number | readonly number[],
  args: readonly string[],
): Promise<{ detach(): Promise<void> }> {
  const traced = [threads].flat();
  const tracer = spawn("strace", [...traced.flatMap((thread) => ["-p", String(thread)]), ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(tracer, "close");
  let messages = "";
  await new Promise<void>((resolve, reject) => {
    tracer.stderr.on("data", (chunk: Buffer) => {
      messages += chunk.toString();
      if (messages.split("attached").length > traced.length) resolve();
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
