import type { Sample } from "../../report/report.ts";
import { cpuMicros } from "../rounds.ts";
import type { Carried } from "./carry.ts";

/** Units a second of a transfer. */
export function transferSample(
  { made, surroundings }: Carried<{ seconds: number }>,
  units: number,
  faults: string[],
): Sample {
  const cpuMicrosPerUnit = cpuMicros(surroundings.serverCpuSeconds, units);
  return { figure: units / made.seconds, p50Ms: null, p99Ms: null, cpuMicrosPerUnit, surroundings, faults };
}
