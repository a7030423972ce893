import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";

const RUNNER = join(import.meta.dirname, "test.ts");

const PASSES = `import { test } from "node:test"; test("good", () => {}); test("also good", () => {});`;
const FAILS = `import { test } from "node:test"; test("bad", () => { throw new Error("the reason"); });`;
const SKIPS = `import { test } from "node:test"; test("good", () => {}); test("not here", { skip: "no database" }, () => {});`;
const HANGS = `import { test } from "node:test"; test("good", () => {}); setInterval(() => {}, 1000);`;

/** Runs the runner on a tree of these test files, by path; gives its exit code, its last line and all it printed. */
function runOn(t: TestContext, files: Record<string, string>, args: string[] = [], more: NodeJS.ProcessEnv = {}) {
  const root = mkdtempSync(join(tmpdir(), "stairwell-runner-"));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  writeFileSync(join(root, "package.json"), `{ "type": "module" }`);
  const { NODE_TEST_CONTEXT: _, CI: __, STAIRWELL_TEST_ENGINE: ___, ...env } = process.env;
  const child = spawnSync(process.execPath, [RUNNER, ...args], {
    cwd: root,
    env: { ...env, ...more },
    encoding: "utf8",
  });
  return { code: child.status, last: child.stdout.trimEnd().split("\n").at(-1), output: child.stdout };
}

test("the runner counts the tests of all three trees, and none of node_modules", (t) => {
  const { code, last } = runOn(t, {
    "packages/a/src/a.test.ts": PASSES,
    "tools/deep/b.test.ts": PASSES,
    "bench/c.test.ts": PASSES,
    "packages/a/node_modules/d/d.test.ts": FAILS,
  });
  assert.deepEqual([code, last], [0, "6 passed, 0 failed"]);
});

test("a failure is shown with its reason and gives exit code 1", (t) => {
  const { code, last, output } = runOn(t, { "tools/a.test.ts": PASSES, "tools/b.test.ts": FAILS });
  assert.deepEqual([code, last], [1, "2 passed, 1 failed"]);
  assert.match(output, /the reason/);
  // Once more at the end, where whoever reads a log looks first.
  const end = output.slice(output.lastIndexOf("✖"));
  assert.match(end, /^✖ bad \[sqlite\]\n {2}tools\/b\.test\.ts:1\n[^✖]*the reason[^✖]*\n2 passed, 1 failed\n$/);
});

test("a file that does not load, and one without a test, are failures", (t) => {
  const { code, last } = runOn(t, {
    "tools/a.test.ts": PASSES,
    "tools/b.test.ts": `throw new Error("boom");`,
    "tools/c.test.ts": `export const nothing = 1;`,
  });
  assert.deepEqual([code, last], [1, "2 passed, 2 failed"]);
});

test("an error that no test catches is a failure of its file, and is told with its stack", (t) => {
  const { code, last, output } = runOn(t, {
    "bench/a.test.ts": PASSES,
    "tools/b.test.ts": `import { test } from "node:test";
      test("good", () => {});
      test("waits for ever", () => new Promise(() => setTimeout(() => { throw new Error("from a timer"); }, 1)));`,
    "packages/c/src/c.test.ts": `import { test } from "node:test";
      test("is over", () => void Promise.reject(new Error("from a promise")));`,
  });
  assert.equal(code, 1);
  assert.match(last!, /passed, 2 failed$/);
  const end = output.slice(output.lastIndexOf("✖", output.lastIndexOf("✖") - 1));
  for (const what of [/b\.test\.ts/, /c\.test\.ts/, /Error: from a timer\n\s+at /, /Error: from a promise\n\s+at /]) {
    assert.match(end, what);
  }
});

test("promises of tests are followed by no hooks", (t) => {
  const file = `import assert from "node:assert"; import { executionAsyncId } from "node:async_hooks"; import { test } from "node:test";
    test("lean", async () => { await 1; const before = executionAsyncId(); await 2; assert.equal(executionAsyncId(), before); });`;
  assert.equal(runOn(t, { "tools/a.test.ts": file }).last, "1 passed, 0 failed");
});

test("a run of no test at all is a failure", (t) => {
  const { code, last } = runOn(t, { "tools/a.test.ts": PASSES }, ["no-such-file"]);
  assert.deepEqual([code, last], [1, "0 passed, 0 failed"]);
});

test("a skipped test is counted, and in CI it is a failure", (t) => {
  const files = { "tools/a.test.ts": SKIPS };
  const here = runOn(t, files);
  assert.deepEqual([here.code, here.last], [0, "1 passed, 0 failed, 1 skipped"]);
  const inCi = runOn(t, files, [], { CI: "true" });
  assert.deepEqual([inCi.code, inCi.last], [1, "1 passed, 0 failed, 1 skipped"]);
  assert.match(inCi.output, /nothing may be skipped/);
});

test("arguments choose files by a part of their path", (t) => {
  const { code, last } = runOn(t, { "tools/a.test.ts": PASSES, "bench/b.test.ts": FAILS }, ["tools/"]);
  assert.deepEqual([code, last], [0, "2 passed, 0 failed"]);
});

test("tests of the server run on both engines, are told apart and counted together", (t) => {
  const files = {
    "packages/server/test/a.test.ts": `import { test } from "node:test";
      test("on " + process.env.STAIRWELL_TEST_ENGINE + " at " + process.env.STAIRWELL_TEST_POSTGRES, () => {});`,
    "tools/b.test.ts": PASSES,
  };
  const given = { STAIRWELL_TEST_POSTGRES: "postgres://given/postgres" };
  const both = runOn(t, files, [], given);
  assert.deepEqual([both.code, both.last], [0, "4 passed, 0 failed"]);
  assert.match(both.output, /on sqlite at /);
  assert.match(both.output, /on postgres at postgres:\/\/given\/postgres \[PostgreSQL\]/);
  const one = runOn(t, files, [], { ...given, STAIRWELL_TEST_ENGINE: "postgres" });
  assert.deepEqual([one.code, one.last], [0, "1 passed, 0 failed"]);
});

test("a failure on the second engine is a failure", (t) => {
  const fails = `import { test } from "node:test";
    test("bad", () => { if (process.env.STAIRWELL_TEST_ENGINE === "postgres") throw new Error("there"); });`;
  const given = { STAIRWELL_TEST_POSTGRES: "postgres://given/postgres" };
  const { code, last } = runOn(t, { "packages/server/test/a.test.ts": fails }, [], given);
  assert.deepEqual([code, last], [1, "1 passed, 1 failed"]);
});

test("a file that never ends is ended, named and counted as failed", (t) => {
  const { code, last, output } = runOn(t, { "tools/a.test.ts": HANGS }, [], { STAIRWELL_TEST_STALL_MS: "1000" });
  assert.equal(code, 1);
  assert.match(last ?? "", /, 1 failed$/);
  assert.match(output, /nothing was heard for 1 s from .+a\.test\.ts/);
});
