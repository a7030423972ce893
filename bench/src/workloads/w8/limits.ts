import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Stand } from "../../contenders/stand.ts";
import { pinned } from "../../measure/cores.ts";
import type { Sample } from "../../report/report.ts";
import { bareSample, cpuMicros } from "../rounds.ts";

/** Runs a limit in a process of its own on the server's core; `units` is what it did in the seconds it tells. */
export async function measureLimit(
  { cores }: Stand,
  script: "zip.ts" | "bundle-rows.ts",
  args: readonly string[],
  units: number,
): Promise<Sample> {
  const path = fileURLToPath(new URL(`../../limits/${script}`, import.meta.url));
  const command = pinned(cores?.server ?? null, [
    process.execPath,
    "--disable-warning=ExperimentalWarning",
    path,
    ...args,
  ]);
  const [file, ...rest] = command as [string, ...string[]];
  const { stdout } = await promisify(execFile)(file, rest);
  const { seconds, cpuSeconds } = JSON.parse(stdout) as { seconds: number; cpuSeconds: number };
  return { ...bareSample(units / seconds, []), cpuMicrosPerUnit: cpuMicros(cpuSeconds, units) };
}
