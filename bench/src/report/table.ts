import type { Conditions } from "../measure/conditions.ts";
import { spread } from "../measure/spread.ts";
import type { Spread } from "../measure/spread.ts";
import type { Pair } from "../contenders/stand.ts";
import type { Contender } from "../contenders/contender.ts";
import { isVoid } from "./report.ts";
import type { Report, Sample, Verdict } from "./report.ts";

/** The conditions as the table's first lines. */
export function conditionsText(c: Conditions, contenders: Pair<Contender>): string {
  return [
    `Stairwell ${c.version}${c.commit === null ? "" : ` (${c.commit})`}, ${c.date}`,
    `Node ${c.node}, SQLite ${c.sqlite}, ${c.kernel}, ${c.cpu}, ${c.cores} cores, ${c.memoryGB} GB`,
    c.pinned === null
      ? "not pinned: server and load share the cores"
      : `server on core ${c.pinned.server}, load on core ${c.pinned.load}`,
    `durability: ${contenders.subject.name}: ${contenders.subject.durability}; ${contenders.floor.name}: ${contenders.floor.durability}`,
    ...(c.dataOnDisk ? [] : ["NOT DURABLE: the data folder is on a memory file system"]),
    `limits: fdatasync of 4 KiB ${number(c.limits.fdatasyncMs)} ms; ` +
      `SQLite rows at 64 a commit ${number(c.limits.sqliteRowsPerSecond)}/s`,
  ].join("\n");
}

const HEAD = [
  "",
  "figure",
  "range",
  "unit",
  "p50 ms",
  "p99 ms",
  "CPU µs/unit",
  "peak MB",
  "server",
  "load",
  "other",
  "steal",
  "loadavg",
];

/** One workload as an aligned table; the last five columns are cores in use, and the machine's load average. */
export function reportText(report: Report, contenders: Pair<Contender>): string {
  const [subjectName, floorName] =
    report.sides === undefined
      ? [contenders.subject.name, contenders.floor.name]
      : [report.sides.subject, report.sides.floor];
  const rows = report.lines.flatMap((line) => [
    [`${line.name}${isVoid(line) ? "  VOID" : ""}`],
    sampleRow(subjectName, line.unit, line.subject),
    ...(line.floor.length > 0 ? [sampleRow(floorName, line.unit, line.floor)] : []),
    ...line.limits.map(({ name, samples }) => sampleRow(name, line.unit, samples)),
    ...(line.floor.length > 0 ? [[`  to ${floorName}`, number(line.ratio.median), range(line.ratio)]] : []),
    ...line.limits.map(({ name, ratio }) => [`  to ${name}`, number(ratio.median), range(ratio)]),
  ]);
  const faults = report.lines.flatMap((line) => [
    ...faultsOf(line.name, subjectName, line.subject),
    ...faultsOf(line.name, floorName, line.floor),
    ...line.limits.flatMap(({ name, samples }) => faultsOf(line.name, name, samples)),
  ]);
  return [
    `\n${report.id}  ${report.title}`,
    align([HEAD, ...rows]),
    ...report.verdicts.map(verdictText),
    ...report.notes.map((note) => `note: ${note}`),
    ...faults,
  ].join("\n");
}

function sampleRow(name: string, unit: string, samples: Sample[]): string[] {
  const median = (pick: (sample: Sample) => number | null | undefined): string => {
    const numbers = samples.map(pick).filter((value) => typeof value === "number");
    return numbers.length === 0 ? "" : number(spread(numbers).median);
  };
  const figures = spread(samples.map(({ figure }) => figure));
  return [
    `  ${name}`,
    number(figures.median),
    range(figures),
    unit,
    median((sample) => sample.p50Ms),
    median((sample) => sample.p99Ms),
    median((sample) => sample.cpuMicrosPerUnit),
    median((sample) => sample.surroundings?.peakMB),
    median((sample) => sample.surroundings?.serverCores),
    median((sample) => sample.surroundings?.loadCores),
    median((sample) => sample.surroundings?.otherCores),
    median((sample) => sample.surroundings?.stealCores),
    median((sample) => sample.surroundings?.loadAverage),
  ];
}

function verdictText({ what, value, wanted, bar, aim, isVoid: noFigure }: Verdict): string {
  const met = (name: string, target: number | null): string => {
    if (target === null) return "";
    const isMet = wanted === "at least" ? value.median >= target : value.median <= target;
    return `, ${name} ${target} ${noFigure ? "void" : isMet ? "met" : "NOT MET"}`;
  };
  return `${what}: ${number(value.median)} (${range(value)}), ${wanted}${met("bar", bar)}${met("aim", aim)}`;
}

function faultsOf(line: string, who: string, samples: Sample[]): string[] {
  const faults = samples.flatMap((sample, round) => sample.faults.map((fault) => `round ${round + 1}: ${fault}`));
  const shown = faults.slice(0, 3).map((fault) => `VOID ${line}, ${who}, ${fault}`);
  return faults.length > 3 ? [...shown, `VOID ${line}, ${who}: ${faults.length - 3} more`] : shown;
}

function align(rows: string[][]): string {
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map((row) => (row.length > 1 ? (row[column] ?? "").length : 0))),
  );
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))))
    .map((cells) => cells.join("  ").trimEnd())
    .join("\n");
}

const range = ({ low, high }: Spread): string => `${number(low)}..${number(high)}`;

/** Three significant digits, whole thousands with separators. */
function number(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}
