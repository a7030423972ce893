import { posix } from "node:path";
import { lineOf, type Scanned } from "./scan.ts";

export interface Import {
  /** As written, or undefined where it is computed and nobody can check it. */
  readonly specifier: string | undefined;
  /** A path from the root for a file of ours, else the specifier. */
  readonly target: string;
  readonly isTypeOnly: boolean;
  readonly line: number;
}

const STATIC =
  /\b(?:import|export)\s+(?<type>type\s+)?(?:[\w$]+\s*,?\s*)?(?:\*(?:\s*as\s+[\w$]+)?\s*|\{[^{}]*\}\s*)?from\s*$/;
const CALL = /\b(?:import\s*(?:\(\s*)?|require\s*\(\s*)$/;
/** How a worker or a child process names its file. */
const FILE = /\bnew\s+URL\s*\(\s*$/;
const COMPUTED = /\bimport\s*\(\s*(?!["'`\s])/g;
const OURS = /^@stairwell\/([^/]+)(?:\/(.+))?$/;

/** Every import, re-export, dynamic import, `require` and worker file of one source, types included. */
export function importsOf(path: string, { code, literals }: Scanned): Import[] {
  const found: Import[] = [];
  let behind = 0;
  for (const { text, start } of literals) {
    const before = code.slice(behind, start);
    behind = start + 1;
    const fixed = STATIC.exec(before);
    const isFile = FILE.test(before) && /^\.{0,2}[\w/.-]+\.tsx?$/.test(text);
    if (fixed === null && !isFile && !CALL.test(before)) continue;
    const specifier = text.includes("${}") ? undefined : isFile && !text.startsWith(".") ? `./${text}` : text;
    found.push({
      specifier,
      target: specifier === undefined ? "" : resolve(path, specifier),
      isTypeOnly: fixed?.groups?.["type"] !== undefined,
      line: lineOf(code, start),
    });
  }
  for (const { index } of code.matchAll(COMPUTED)) {
    found.push({ specifier: undefined, target: "", isTypeOnly: false, line: lineOf(code, index) });
  }
  return found;
}

/** As Node would find it: packages by their `exports`, which name `src/index.ts` and `src/…/index.ts`. */
function resolve(from: string, specifier: string): string {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(from), specifier);
  const [, name, inner] = OURS.exec(specifier) ?? [];
  if (name === undefined) return specifier;
  // The one entry that is a file of its own: what tests start servers with.
  if (name === "server" && inner === "testing") return "packages/server/src/testing.ts";
  return `packages/${name}/src/${inner === undefined ? "" : `${inner}/`}index.ts`;
}
