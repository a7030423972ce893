import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Which cores serve and which drive, as lists for `taskset -c`; null where processes cannot be pinned. */
export interface Cores {
  server: string;
  load: string;
}

export function splitCores(): Cores | null {
  const count = availableParallelism();
  if (count < 2 || spawnSync("taskset", ["-V"]).status !== 0) return null;
  return { server: "0", load: count === 2 ? "1" : `1-${count - 1}` };
}

/** Moves this process, all its threads and so its later children to the load's cores. */
export function pinSelf(cores: Cores | null): void {
  if (cores !== null) spawnSync("taskset", ["-a", "-c", "-p", cores.load, String(process.pid)]);
}

/** The command that runs `command` on these cores: taskset replaces itself, so the process id stays. */
export function pinned(cores: string | null, command: readonly string[]): readonly string[] {
  return cores === null ? command : ["taskset", "-c", cores, ...command];
}
