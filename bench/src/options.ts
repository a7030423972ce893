import { existsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";

/** What is measured, and how. */
export interface BenchOptions {
  /** Ids of workloads; all where none is named. */
  readonly workloads: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly long: boolean;
  readonly json: string | undefined;
  readonly data: string;
  readonly subject: "stairwell" | "floor";
  readonly before: string | undefined;
  readonly postgres: number | undefined;
  readonly postgresBeside: number | undefined;
  readonly conversation: string | undefined;
  readonly unpinned: boolean;
}

/** The suite was called in a way that it does not take. */
export class BenchUsageError extends Error {
  override readonly name = "BenchUsageError";
}

/** Each option: what its value is called (none: it takes none), and what it does. */
const OPTIONS: Readonly<Record<string, readonly [value: string | undefined, does: string]>> = {
  rounds: ["N", "rounds of each workload (5); the order of the two systems is turned round from one to the next"],
  seconds: ["S", "how long a load lasts in each round (3)"],
  long: [undefined, "also the sizes that take long to prepare"],
  json: ["FILE", "write all figures there too"],
  data: ["DIR", "a folder on the disk that is measured (the system's for temporary files)"],
  subject: ["NAME", "`stairwell`, or `floor` for the floor against itself: how much of a ratio is noise"],
  before: ["CHECKOUT", "another checkout of Stairwell in the floor's place: what a change made of it"],
  postgres: [
    "NODES",
    "so many nodes on PostgreSQL, beside the embedded store (W11) or with --before beside that checkout's",
  ],
  "postgres-beside": ["NODES", "beside so many nodes on PostgreSQL instead"],
  conversation: ["FILE", "W8 also takes a file of real talk, as `stairwell replay` plays it, from end to end"],
  unpinned: [undefined, "let the server and the load have all cores alike"],
  help: [undefined, "say this"],
};

/** What the suite is called with; undefined where help is asked for. `BenchUsageError` says what is wrong. */
export function benchOptions(args: readonly string[], known: readonly string[]): BenchOptions | undefined {
  const { values, positionals } = parsed(args);
  if (values["help"] === true) return undefined;
  const text = (name: string) => values[name] as string | undefined;
  const unknown = positionals.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw new BenchUsageError(`there is no workload '${unknown}'; there are ${known.join(", ")}`);
  }
  const subject = text("subject") ?? "stairwell";
  if (subject !== "stairwell" && subject !== "floor") {
    throw new BenchUsageError("--subject is 'stairwell' or 'floor'");
  }
  const [data, before, conversation] = [text("data") ?? tmpdir(), text("before"), text("conversation")];
  mustBe("--data", isFolder(data), `a folder, and ${data} is none`);
  if (before !== undefined) {
    mustBe("--before", existsSync(join(before, "bin/stairwell")), `a checkout of Stairwell, and ${before} is none`);
  }
  if (conversation !== undefined)
    mustBe("--conversation", existsSync(conversation), `a file, and ${conversation} is none`);
  return {
    workloads: positionals,
    rounds: count("--rounds", text("rounds")) ?? 5,
    seconds: seconds(text("seconds")) ?? 3,
    long: values["long"] === true,
    json: text("json"),
    data,
    subject,
    before,
    postgres: count("--postgres", text("postgres")),
    postgresBeside: count("--postgres-beside", text("postgres-beside")),
    conversation,
    unpinned: values["unpinned"] === true,
  };
}

/** How the suite is called. */
export function benchHelp(workloads: readonly { id: string; title: string }[]): string {
  const options = Object.entries(OPTIONS).map(([name, [value, does]]): [string, string] => [
    `--${name}${value === undefined ? "" : ` ${value}`}`,
    does,
  ]);
  return [
    "Usage: npm run bench -- [workload ...] [options]",
    "",
    "Measures Stairwell beside the floor server, one after the other in every round (bench/README.md).",
    "",
    "Workloads, all unless some are named:",
    ...columns(workloads.map(({ id, title }) => [id, title])),
    "",
    "Options:",
    ...columns(options),
    "",
    "Examples:",
    "  npm run bench -- W1 W6 --rounds 3 --seconds 2",
    "  npm run bench -- W1 W2 --postgres 2",
    "  npm run bench -- W1 --before ../stairwell-before --json out.json",
  ].join("\n");
}

function parsed(args: readonly string[]) {
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [name, [value]] of Object.entries(OPTIONS)) {
    options[name] = { type: value === undefined ? "boolean" : "string", ...(name === "help" && { short: "h" }) };
  }
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    // The first sentence says what is wrong; the next ones are about arguments that begin with a dash.
    throw new BenchUsageError((error as Error).message.split(/\.\s/)[0]!.toLowerCase());
  }
}

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  mustBe(name, /^[1-9]\d{0,5}$/.test(text), `a whole number from 1 on, not '${text}'`);
  return Number(text);
}

function seconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  mustBe("--seconds", Number(text) > 0 && Number(text) <= 86_400, `a number above 0, not '${text}'`);
  return Number(text);
}

function mustBe(name: string, holds: boolean, what: string): void {
  if (!holds) throw new BenchUsageError(`${name} must be ${what}`);
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
