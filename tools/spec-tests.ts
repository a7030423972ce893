import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lineOf, scan } from "./layers/scan.ts";
import { testFiles } from "./test-files.ts";

/** A test that names rules, and where it stands. */
export interface NamedTest {
  readonly ids: readonly string[];
  readonly place: string;
}

export interface Rules {
  /** Rule id → whether it is pending: written down, not built yet. */
  readonly pending: ReadonlyMap<string, boolean>;
  readonly repeated: readonly string[];
}

/** Two letters and a number; rules of deletion have three letters. */
const ID = String.raw`(?:[A-Z]{2}|DEL)\d+`;
const RULE = new RegExp(String.raw`^- (${ID})\b( \*\(pending\)\*)?`, "gm");
const FIRST_ID = new RegExp(String.raw`^(${ID})(?![\w.-])(?:\s*(?:[,/+]|and\b)\s*|:?\s*)`);

/** The rules of a text: lines that begin `- MB7 …`, or `- MB7 *(pending)* …`. */
export function readRules(markdown: string): Rules {
  const pending = new Map<string, boolean>();
  const repeated: string[] = [];
  for (const [, id, mark] of markdown.matchAll(RULE)) {
    if (pending.has(id!)) repeated.push(id!);
    pending.set(id!, mark !== undefined);
  }
  return { pending, repeated };
}

/** The names of a source's tests, and where they stand: `test("…"`, `it(…`, `t.test(…`; no skipped ones. */
export function namesOfTests(path: string, source: string): { name: string; place: string }[] {
  const { code, literals } = scan(source);
  return literals.flatMap(({ text: name, start }) => {
    const call = code.slice(Math.max(0, start - 40), start);
    const isName = /(?:(?<![\w$.])(?:test|it)|\bt\.test)\s*\(\s*$/.test(call);
    return isName ? [{ name, place: `${path}:${lineOf(code, start)}` }] : [];
  });
}

/** The tests of a source whose names start with rule ids: `test("MB7 MB8 a room …"`. */
export function namedTests(path: string, source: string): NamedTest[] {
  return namesOfTests(path, source).flatMap(({ name, place }) => {
    const ids = idsOf(name);
    return ids.length === 0 ? [] : [{ ids, place }];
  });
}

/** The ids at the start of a name, parted by spaces, commas, `/`, `+` or "and". */
function idsOf(name: string): string[] {
  const ids: string[] = [];
  let rest = name;
  for (;;) {
    const [whole, id] = FIRST_ID.exec(rest) ?? [];
    if (whole === undefined) return ids;
    ids.push(id!);
    rest = rest.slice(whole.length);
  }
}

/** What is wrong between rules and tests, one sentence each. */
export function compare({ pending, repeated }: Rules, tests: readonly NamedTest[]): string[] {
  const tested = new Map<string, string>();
  const faults = repeated.map((id) => `${id} stands twice in spec/`);
  if (pending.size === 0) faults.push("spec/ has no rules: a rule is a line that begins `- MB7 …`");
  for (const { ids, place } of tests) {
    for (const id of ids) {
      tested.set(id, tested.get(id) ?? place);
      if (!pending.has(id)) faults.push(`${place} names ${id}, which is no rule of spec/`);
    }
  }
  for (const [id, isPending] of pending) {
    const place = tested.get(id);
    if (!isPending && place === undefined) faults.push(`${id} has no test: write one whose name starts with ${id}`);
    if (isPending && place !== undefined)
      faults.push(`${id} is marked pending and has a test (${place}): remove the mark`);
  }
  return faults;
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  const paths = testFiles(root);
  const tests = paths.flatMap((path) => namedTests(path, readFileSync(join(root, path), "utf8")));
  const texts = globSync("spec/*.md", { cwd: root }).sort();
  const rules = readRules(texts.map((path) => readFileSync(join(root, path), "utf8")).join("\n"));
  const faults = compare(rules, tests);
  for (const fault of faults) console.error(fault);
  const waiting = [...rules.pending.values()].filter(Boolean).length;
  console.log(
    `spec-tests: ${rules.pending.size - waiting} rules built, ${waiting} pending, ${tests.length} tests name a rule, ${faults.length} faults`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
}
