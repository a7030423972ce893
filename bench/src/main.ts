/** The benchmark suite: `npm run bench -- --help` says how it is called, bench/README.md what it measures. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { floor } from "./contenders/floor.ts";
import { onPostgres } from "./contenders/on-postgres.ts";
import { Stand } from "./contenders/stand.ts";
import { stairwellIn } from "./contenders/stairwell.ts";
import { conditions } from "./measure/conditions.ts";
import { pinSelf, splitCores } from "./measure/cores.ts";
import { benchHelp, type BenchOptions, benchOptions, BenchUsageError } from "./options.ts";
import { isVoid } from "./report/report.ts";
import type { Report } from "./report/report.ts";
import { conditionsText, reportText } from "./report/table.ts";
import { WORKLOADS } from "./workloads/index.ts";

const options = called();
const { rounds, seconds, long, conversation, data, before } = options;
const terms = { rounds, seconds, long, conversation };
const chosen = WORKLOADS.filter(({ id }) => options.workloads.length === 0 || options.workloads.includes(id));

const here = fileURLToPath(new URL("../..", import.meta.url));
const stairwell = stairwellIn(here);
const beside = options.postgresBeside ?? (before === undefined ? undefined : options.postgres);
// What hands connections round is before all or none: it takes a part of the load's core.
const isBehind = [options.postgres, beside].some((nodes) => (nodes ?? 1) > 1);
const onNodes = (checkout: string, nodes: number | undefined, name: string) =>
  nodes === undefined ? undefined : onPostgres(checkout, nodes, data, { name: `${name}, nodes: ${nodes}`, isBehind });
const postgres = await onNodes(here, options.postgres, "PostgreSQL");
const otherPostgres = await onNodes(before ?? here, beside, before === undefined ? "PostgreSQL" : "before");
const contenders =
  postgres === undefined
    ? {
        subject: options.subject === "floor" ? floor : stairwell,
        floor: before === undefined ? floor : stairwellIn(before, "before"),
      }
    : { subject: postgres, floor: otherPostgres ?? stairwellIn(here, "embedded") };
const cores = options.unpinned ? null : splitCores();
pinSelf(cores);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const measured = await conditions(data, cores);
console.log(conditionsText(measured, contenders));
const reports: Report[] = [];
for (const workload of chosen) {
  const stand = await Stand.set(contenders, cores, data);
  try {
    const report = await workload.run(stand, terms);
    reports.push(report);
    // Bars and aims are of the floor, and say nothing of another checkout or engine.
    const shown = before === undefined && postgres === undefined ? report : { ...report, verdicts: [] };
    console.log(reportText(shown, contenders));
  } finally {
    await stand.clear();
  }
}
await Promise.all([postgres?.end(), otherPostgres?.end()]);
if (options.json !== undefined) {
  const durability = { subject: contenders.subject.durability, floor: contenders.floor.durability };
  writeFileSync(options.json, `${JSON.stringify({ conditions: measured, durability, terms, reports }, null, 2)}\n`);
}
process.exitCode = reports.some(({ lines }) => lines.some(isVoid)) ? 1 : 0;

function called(): BenchOptions {
  try {
    const found = benchOptions(
      process.argv.slice(2),
      WORKLOADS.map(({ id }) => id),
    );
    if (found !== undefined) return found;
    console.log(benchHelp(WORKLOADS));
    process.exit(0);
  } catch (error) {
    if (!(error instanceof BenchUsageError)) throw error;
    console.error(`bench: ${error.message}. 'npm run bench -- --help' says more.`);
    process.exit(2);
  }
}
