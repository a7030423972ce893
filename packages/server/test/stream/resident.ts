import { readFileSync } from "node:fs";

export const MEBIBYTE = 1024 * 1024;

/** Memory of a process that is its own, in bytes. */
export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
}
