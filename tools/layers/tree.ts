import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Import, importsOf } from "./imports.ts";
import { type Literal, scan } from "./scan.ts";

export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  /** Without comments and the insides of literals; offsets are those of the file. */
  readonly code: string;
  readonly literals: readonly Literal[];
  readonly imports: readonly Import[];
}

/** The TypeScript of all packages and the benchmark: path from the root → text. */
export function readSources(root: string): Map<string, string> {
  const paths = globSync("{packages/*,bench}/{src,test}/**/*.{ts,tsx}", { cwd: root });
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

export function parseSources(sources: ReadonlyMap<string, string>): SourceFile[] {
  return [...sources].map(([path, text]) => {
    const scanned = scan(text);
    return { path, ...scanned, imports: importsOf(path, scanned) };
  });
}

/** A test, or what lies in a folder for tests. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$|\/test\//.test(path);
}

/** `protocol`, `server`, … for what lies under `packages/`; `bench` for the benchmark. */
export function packageOf(path: string): string {
  return /^(?:packages\/)?([^/]+)\//.exec(path)?.[1] ?? "";
}

/** The folder of the server in which a file lies; empty for the files at its root, undefined outside of it. */
export function folderOf(path: string): string | undefined {
  const inner = /^packages\/server\/src\/(.+)$/.exec(path)?.[1];
  return inner === undefined ? undefined : inner.includes("/") ? inner.slice(0, inner.indexOf("/")) : "";
}
