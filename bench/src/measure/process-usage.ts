import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second in /proc/PID/stat: fixed at 100 by Linux for user space. */
const TICKS = 100;

interface Stat {
  pid: number;
  parent: number;
  cpuSeconds: number;
}

/** CPU seconds used so far by a process and its descendants, those that have ended too. */
export function cpuSeconds(pid: number): number {
  return family(pid).reduce((sum, stat) => sum + stat.cpuSeconds, 0);
}

/** Memory of a process and its descendants in MB (10^6 bytes): most since the start, resident now, proportional share now. */
export function memoryMB(pid: number): { peak: number; rss: number; pss: number } {
  const sum = { peak: 0, rss: 0, pss: 0 };
  for (const stat of family(pid)) {
    sum.peak += field(stat.pid, "status", "VmHWM");
    sum.rss += field(stat.pid, "status", "VmRSS");
    sum.pss += field(stat.pid, "smaps_rollup", "Pss");
  }
  return sum;
}

function family(pid: number): Stat[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? []);
  const members = all.filter((stat) => stat.pid === pid);
  for (const member of members) members.push(...all.filter((stat) => stat.parent === member.pid));
  return members;
}

function readStat(pid: number): Stat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return null; // it ended between the listing and the reading
  }
  // The command name may hold spaces and brackets: what follows the last bracket is regular.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // Its own, in its program and in the kernel; then that of the children that it was told have ended.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), cpuSeconds: ticks / TICKS };
}

/** Nothing of one that has ended in the meantime. */
function field(pid: number, file: string, key: string): number {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return 0;
  }
  return (Number(new RegExp(`^${key}: *\\s*(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * 1024) / 1e6;
}
