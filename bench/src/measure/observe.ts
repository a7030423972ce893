import { loadAverage, machineTime } from "./machine.ts";
import { cpuSeconds, memoryMB } from "./process-usage.ts";

/** What went on while something ran: CPU in cores (1 = one core busy all the time). */
export interface Surroundings {
  serverCpuSeconds: number;
  serverCores: number;
  loadCores: number;
  /** Everything on the machine that is neither the server nor the load. */
  otherCores: number;
  stealCores: number;
  loadAverage: number;
  /** Most resident memory of the server since its start, in MB. */
  peakMB: number;
}

/** Runs `work` (which tells the load's CPU seconds) and watches the server's processes and the machine meanwhile. */
export async function observe<T extends { loadCpuSeconds: number }>(
  { pid, beside = [] }: { pid: number; beside?: readonly number[] },
  work: () => Promise<T>,
): Promise<{ result: T; surroundings: Surroundings }> {
  const used = (): number => [pid, ...beside].reduce((sum, one) => sum + cpuSeconds(one), 0);
  const before = { cpu: used(), machine: machineTime(), at: performance.now() };
  const result = await work();
  const seconds = (performance.now() - before.at) / 1000;
  const serverCpuSeconds = used() - before.cpu;
  const machine = machineTime();
  const others = machine.busy - before.machine.busy - serverCpuSeconds - result.loadCpuSeconds;
  return {
    result,
    surroundings: {
      serverCpuSeconds,
      serverCores: serverCpuSeconds / seconds,
      loadCores: result.loadCpuSeconds / seconds,
      otherCores: Math.max(0, others / seconds),
      stealCores: (machine.steal - before.machine.steal) / seconds,
      loadAverage: loadAverage(),
      peakMB: memoryMB(pid).peak,
    },
  };
}
