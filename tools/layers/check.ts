import { join } from "node:path";
import { cyclesIn } from "./cycles.ts";
import { type Rule, RULES } from "./rules.ts";
import { lineOf } from "./scan.ts";
import { isTest, parseSources, readSources, type SourceFile } from "./tree.ts";

export interface Violation {
  readonly rule: string;
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** What breaks the rule: the import, the code or the literal. */
  readonly found: string;
  readonly says: string;
}

export const NO_CYCLES = {
  id: "no-cycles",
  says: "files do not import each other in a circle: move what both need to a file that knows neither",
} as const;

/** Every breach of the layer rules in a set of sources, path → text. */
export function checkLayers(sources: ReadonlyMap<string, string>): Violation[] {
  const files = parseSources(sources);
  const breaches = files.flatMap((file) => RULES.flatMap((rule) => breachesOf(rule, file)));
  for (const cycle of cyclesIn(files)) {
    breaches.push({ rule: NO_CYCLES.id, path: cycle.at(-1)!, line: 1, found: cycle.join(" → "), says: NO_CYCLES.says });
  }
  return breaches;
}

function breachesOf(rule: Rule, file: SourceFile): Violation[] {
  const { path } = file;
  if (!rule.in(path) || (isTest(path) && rule.tests !== true)) return [];
  return [...findingsOf(rule, file)].map(({ line, found }) => ({ rule: rule.id, path, line, found, says: rule.says }));
}

function* findingsOf(rule: Rule, file: SourceFile): Generator<{ line: number; found: string }> {
  if (rule.place?.(file.path) === true) yield { line: 1, found: "this file" };
  for (const to of file.imports) {
    if (rule.imports?.(to, file.path) === true) yield { line: to.line, found: `import of ${to.specifier ?? "…"}` };
  }
  for (const { 0: found, index } of rule.code === undefined ? [] : file.code.matchAll(rule.code)) {
    yield { line: lineOf(file.code, index), found };
  }
  for (const { text, start } of file.literals) {
    if (rule.literals?.(text) === true) yield { line: lineOf(file.code, start), found: text.trim().slice(0, 40) };
  }
}

if (import.meta.main) {
  const sources = readSources(join(import.meta.dirname, "../.."));
  const violations = checkLayers(sources);
  for (const { rule, path, line, found, says } of violations) {
    console.error(`${path}:${line} ${rule}: ${found}\n    ${says}`);
  }
  console.log(`layers: ${sources.size} files, ${RULES.length + 1} rules, ${violations.length} violations`);
  process.exitCode = violations.length > 0 || sources.size === 0 ? 1 : 0;
}
