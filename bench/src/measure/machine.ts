import { readFileSync } from "node:fs";
import { loadavg } from "node:os";

const TICKS = 100;

/** Seconds of all cores together since boot. */
export interface MachineTime {
  busy: number;
  steal: number;
}

export function machineTime(): MachineTime {
  const fields = readFileSync("/proc/stat", "latin1").split("\n")[0]!.trim().split(/ +/).slice(1).map(Number);
  const [user, nice, system, , , irq, softirq, steal] = fields as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { busy: (user + nice + system + irq + softirq) / TICKS, steal: steal / TICKS };
}

/** Load average over the last minute. */
export function loadAverage(): number {
  return loadavg()[0]!;
}
