import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second in /proc/PID/stat: fixed at 100 by Linux for user space. */
const TICKS = 100;

/** CPU seconds used so far by a process and its descendants, those that have ended too. */
export function cpuSeconds(pid: number): number {
  return sum(family(pid), ownCpuSeconds);
}

/** Memory of a process and its descendants in MB (10^6 bytes): most since the start, resident now, proportional share now. */
export function memoryMB(pid: number): { peak: number; rss: number; pss: number } {
  const members = family(pid);
  return {
    peak: sum(members, (member) => field(member, "status", "VmHWM")),
    rss: sum(members, resident),
    pss: sum(members, (member) => field(member, "smaps_rollup", "Pss")),
  };
}

/**
 * Memory of a process and its descendants that is resident now, in MB (10^6 bytes), for looks at one that is measured: what
 * is shared takes the kernel ten milliseconds to tell, in which the process gets no memory, and this a hundredth of one.
 */
export function residentMB(pid: number): number {
  return sum(family(pid), resident);
}

function family(pid: number): number[] {
  const members = [pid];
  for (const member of members) members.push(...childrenOf(member));
  return members;
}

function childrenOf(pid: number): number[] {
  return threadsOf(pid)
    .flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(" "))
    .filter((child) => child !== "")
    .map(Number);
}

function threadsOf(pid: number): string[] {
  if (!existsSync("/proc/thread-self/children")) throw new Error("this kernel does not tell a process's children");
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it ended in the meantime
  }
}

function ownCpuSeconds(pid: number): number {
  const text = read(`/proc/${pid}/stat`);
  // The command name may hold spaces and brackets: what follows the last bracket is regular.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // Its own, in its program and in the kernel; then that of the children that it was told have ended.
  return sum(fields.slice(11, 15), Number) / TICKS;
}

function resident(pid: number): number {
  return field(pid, "status", "VmRSS");
}

function field(pid: number, file: string, key: string): number {
  const text = read(`/proc/${pid}/${file}`);
  return (Number(new RegExp(`^${key}: *\\s*(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * 1024) / 1e6;
}

/** Nothing of one that has ended in the meantime. */
function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function sum<T>(all: readonly T[], figure: (one: T) => number): number {
  return all.reduce((total, one) => total + figure(one), 0);
}
