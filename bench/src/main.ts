/**
 * The benchmark suite: `npm run bench -- [W1 W5 …] [--rounds N] [--seconds S] [--long] [--json FILE] [--data DIR]`.
 * `--conversation FILE`: W8 also takes a file of real talk, as `stairwell replay` plays it, from end to end.
 * `--subject floor` sets the floor against itself, which shows how much of a ratio is noise. `--before CHECKOUT` sets
 * another checkout of Stairwell in the floor's place, which shows what a change made of it. `--postgres NODES` sets so
 * many nodes on PostgreSQL beside the embedded store (W11), or beside `--postgres-beside NODES`; with `--before` the other
 * checkout's are beside them, as many unless said. PostgreSQL's files are where `--data` says, as the others are. `--unpinned` lets the server and the load have all cores alike.
 */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { floor } from "./contenders/floor.ts";
import { onPostgres } from "./contenders/on-postgres.ts";
import { Stand } from "./contenders/stand.ts";
import { stairwellIn } from "./contenders/stairwell.ts";
import { conditions } from "./measure/conditions.ts";
import { pinSelf, splitCores } from "./measure/cores.ts";
import { isVoid } from "./report/report.ts";
import type { Report } from "./report/report.ts";
import { conditionsText, reportText } from "./report/table.ts";
import { WORKLOADS } from "./workloads/index.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    long: { type: "boolean", default: false },
    json: { type: "string" },
    data: { type: "string", default: tmpdir() },
    subject: { type: "string", default: "stairwell" },
    before: { type: "string" },
    postgres: { type: "string" },
    "postgres-beside": { type: "string" },
    conversation: { type: "string" },
    unpinned: { type: "boolean", default: false },
  },
});
const terms = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  long: values.long,
  conversation: values.conversation,
};
const chosen = WORKLOADS.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
const unknown = positionals.filter((wanted) => !WORKLOADS.some(({ id }) => id === wanted));
if (unknown.length > 0 || !(terms.rounds >= 1) || !(terms.seconds > 0)) {
  console.error(
    `usage: bench [${WORKLOADS.map(({ id }) => id).join(" ")}] [--rounds N] [--seconds S] [--long] [--json FILE]`,
  );
  process.exit(2);
}

const here = fileURLToPath(new URL("../..", import.meta.url));
const stairwell = stairwellIn(here);
const beside = values["postgres-beside"] ?? (values.before === undefined ? undefined : values.postgres);
// What hands connections round is before all or none: it takes a part of the load's core.
const isBehind = [values.postgres, beside].some((nodes) => Number(nodes ?? 1) > 1);
const onNodes = (checkout: string, nodes: string | undefined, name: string) =>
  nodes === undefined
    ? undefined
    : onPostgres(checkout, Number(nodes), values.data, { name: `${name}, nodes: ${nodes}`, isBehind });
const postgres = await onNodes(here, values.postgres, "PostgreSQL");
const otherPostgres = await onNodes(
  values.before ?? here,
  beside,
  values.before === undefined ? "PostgreSQL" : "before",
);
const contenders =
  postgres === undefined
    ? {
        subject: values.subject === "floor" ? floor : stairwell,
        floor: values.before === undefined ? floor : stairwellIn(values.before, "before"),
      }
    : { subject: postgres, floor: otherPostgres ?? stairwellIn(here, "embedded") };
const cores = values.unpinned ? null : splitCores();
pinSelf(cores);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const measured = await conditions(values.data, cores);
console.log(conditionsText(measured, contenders));
const reports: Report[] = [];
for (const workload of chosen) {
  const stand = await Stand.set(contenders, cores, values.data);
  try {
    const report = await workload.run(stand, terms);
    reports.push(report);
    // Bars and aims are of the floor, and say nothing of another checkout or engine.
    const shown = values.before === undefined && postgres === undefined ? report : { ...report, verdicts: [] };
    console.log(reportText(shown, contenders));
  } finally {
    await stand.clear();
  }
}
await Promise.all([postgres?.end(), otherPostgres?.end()]);
if (values.json !== undefined) {
  const durability = { subject: contenders.subject.durability, floor: contenders.floor.durability };
  writeFileSync(values.json, `${JSON.stringify({ conditions: measured, durability, terms, reports }, null, 2)}\n`);
}
process.exitCode = reports.some(({ lines }) => lines.some(isVoid)) ? 1 : 0;
