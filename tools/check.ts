/** Everything that can be checked without running the product: `npm run check`. Exit code 1 when anything failed. */
import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";

export interface Check {
  readonly name: string;
  /** Run in the root, with the programs of the project's dependencies on the PATH. */
  readonly command: readonly [program: string, ...args: string[]];
}

/** Documents that must be in step with the code. Add a check here with each document that is made from code. */
const DOCS: readonly Check[] = [
  { name: "docs: links and scripts", command: ["node", "tools/docs.ts"] },
  { name: "docs: generated parts", command: ["node", "tools/write-docs.ts", "--check"] },
];

const CHECKS: readonly Check[] = [
  { name: "types", command: ["tsc", "--project", "."] },
  { name: "lint", command: ["oxlint"] },
  { name: "format", command: ["oxfmt", "--check"] },
  { name: "layers", command: ["node", "tools/layers/check.ts"] },
  { name: "rules and tests", command: ["node", "tools/spec-tests.ts"] },
  { name: "threats and tests", command: ["node", "tools/threats.ts"] },
  { name: "lockfile", command: ["node", "tools/lockfile.ts"] },
  ...DOCS,
];

const ROOT = join(import.meta.dirname, "..");

/** Runs all checks, whatever fails, and says how each went; true when all passed. */
export function runChecks(checks: readonly Check[], print: (text: string) => void): boolean {
  const PATH = [join(ROOT, "node_modules/.bin"), process.env["PATH"]].join(delimiter);
  let isGood = true;
  for (const { name, command } of checks) {
    const [program, ...args] = command;
    const started = performance.now();
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      cwd: ROOT,
      env: { ...process.env, PATH },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 64 << 20,
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (status !== 0) print([stdout, stderr, error?.message].filter(Boolean).join("\n").trimEnd());
    print(`${status === 0 ? "ok    " : "failed"}  ${name}  ${seconds} s`);
    isGood &&= status === 0;
  }
  return isGood;
}

if (import.meta.main) {
  process.exitCode = runChecks(CHECKS, console.log) ? 0 : 1;
}
