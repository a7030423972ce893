import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "..");
const PROGRAMS = join(ROOT, "node_modules/.bin");
// npm puts them there itself; whoever runs the tests by another command does not.
const env = { ...process.env, PATH: [PROGRAMS, process.env["PATH"]].join(delimiter) };

const PLANTS = {
  "typescript(no-floating-promises)": `async function work(): Promise<void> {} work();`,
  "typescript(no-misused-promises)": `[1].forEach(async () => { await Promise.resolve(); });`,
  "typescript(no-explicit-any)": `export const a: any = 1;`,
  "eslint(no-unused-vars)": `const unused = 1;`,
};

test("the linter reports a planted violation of each rule that the project relies on, and passes clean code", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-lint-"));
  t.after(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(ROOT, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  writeFileSync(join(folder, "tsconfig.json"), `{ "compilerOptions": { "strict": true, "types": [] } }`);
  const lint = (source: string) => {
    writeFileSync(join(folder, "planted.ts"), `${source}\n`);
    return spawnSync(join(PROGRAMS, "oxlint"), [], { cwd: folder, env, encoding: "utf8" });
  };
  for (const [rule, source] of Object.entries(PLANTS)) {
    const { status, stdout } = lint(source);
    assert.equal(status, 1, source);
    assert.ok(stdout.includes(rule), `${source}\n${stdout}`);
  }
  const clean = lint(`export async function work(): Promise<void> { await Promise.resolve(); }`);
  assert.equal(clean.status, 0, clean.stdout);
});
