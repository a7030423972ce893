/** Holds the table of spec/federation-threats.md against the tests: `npm run check`. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { namesOfTests } from "./spec-tests.ts";
import { testFiles } from "./test-files.ts";

/** A row of the table: what a lying server can try, and what shows that it gains nothing. */
export interface Threat {
  readonly id: string;
  /** Files of tests, by their names without `.test.ts`. */
  readonly files: readonly string[];
  /** It says why it cannot be tried here. */
  readonly hasReason: boolean;
  /** It says that its test is still to be written. */
  readonly isPending: boolean;
}

/** A test whose name has the id of a threat, and the name of its file without `.test.ts`. */
export interface ThreatTest {
  readonly ids: readonly string[];
  readonly file: string;
  readonly place: string;
}

/** How many of each kind there are: they are numbered from 1, and none is ever left out. */
const KINDS: Readonly<Record<string, number>> = { FIN: 48, FOU: 24 };

const ID = /\b(?:FIN|FOU)-\d+\b/g;
const ROW = /^\|\s*((?:FIN|FOU)-\d+)\s*\|([^|]*)\|([^|]*)\|\s*$/gm;

/** The rows of the table: `| FIN-01 | what it is | files of tests, or why there can be none |`. */
export function readThreats(markdown: string): Threat[] {
  return Array.from(markdown.matchAll(ROW), ([, id, , shown]) => ({
    id: id!,
    files: Array.from(shown!.matchAll(/`([a-z0-9-]+)`/g), ([, file]) => file!),
    hasReason: /^\s*Cannot be: \S/.test(shown!),
    isPending: /^\s*\*\(pending\)\*/.test(shown!),
  }));
}

/** The tests of a source whose names have ids of threats, at the start or anywhere else. */
export function threatTests(path: string, source: string): ThreatTest[] {
  const file = basename(path, ".test.ts");
  return namesOfTests(path, source).flatMap(({ name, place }) => {
    const ids = name.match(ID) ?? [];
    return ids.length === 0 ? [] : [{ ids, file, place }];
  });
}

/** What is wrong between the table and the tests, one sentence each. */
export function compareThreats(threats: readonly Threat[], tests: readonly ThreatTest[]): string[] {
  const faults: string[] = [];
  const rows = new Map<string, Threat>();
  for (const threat of threats) {
    if (rows.has(threat.id)) faults.push(`${threat.id} stands twice in the table`);
    rows.set(threat.id, threat);
  }
  for (const id of wantedIds()) if (!rows.has(id)) faults.push(`${id} has no row`);
  for (const { ids, place } of tests) {
    for (const id of ids) if (!rows.has(id)) faults.push(`${place} names ${id}, which has no row`);
  }
  for (const threat of rows.values()) faults.push(...faultsOf(threat, tests));
  return faults;
}

function faultsOf({ id, files, hasReason, isPending }: Threat, tests: readonly ThreatTest[]): string[] {
  const own = tests.filter(({ ids }) => ids.includes(id));
  if (isPending) return own.map(({ place }) => `${id} is marked pending and has a test (${place}): remove the mark`);
  if (files.length === 0 && !hasReason) return [`${id} names no file of a test, and no reason why it cannot be`];
  return files
    .filter((file) => !own.some((test) => test.file === file))
    .map((file) => `${id} is to be shown in ${file}, where no test has it in its name`);
}

function wantedIds(): string[] {
  return Object.entries(KINDS).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, i) => `${kind}-${String(i + 1).padStart(2, "0")}`),
  );
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  const tests = testFiles(root).flatMap((path) => threatTests(path, readFileSync(join(root, path), "utf8")));
  const [table] = globSync("spec/federation-threats.md", { cwd: root });
  const threats = table === undefined ? [] : readThreats(readFileSync(join(root, table), "utf8"));
  const faults = compareThreats(threats, tests);
  for (const fault of faults) console.error(fault);
  const waiting = threats.filter(({ isPending }) => isPending).length;
  console.log(
    `threats: ${threats.length} rows, ${waiting} pending, ${tests.length} tests name one, ${faults.length} faults`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
}
