import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";

const LAUNCHER = join(import.meta.dirname, "../../../bin/stairwell");
/** What runs this test; a `node-linux-…` package stands for either architecture. */
const NODE = process.execPath;

interface Checkout {
  root: string;
  launcher: string;
  /** A folder outside of the checkout. */
  elsewhere: string;
}

/** A checkout in a folder with a space in its name, whose `main.ts` tells how it was run. */
function checkout(t: TestContext, { installed }: { installed: boolean }): Checkout {
  const folder = mkdtempSync(join(tmpdir(), "stairwell launcher "));
  t.after(() => rmSync(folder, { recursive: true }));
  const root = join(folder, "checkout");
  const elsewhere = join(folder, "elsewhere");
  mkdirSync(elsewhere);
  write(
    join(root, "packages/cli/src/main.ts"),
    `const told: object = { args: process.argv.slice(2), pid: process.pid, cache: process.env.NODE_COMPILE_CACHE };
     if (process.argv[2] === "--version") console.log(JSON.stringify({ ...told, node: process.version }));
     else process.exitCode = 3;`,
  );
  write(join(root, "package.json"), `{ "type": "module" }`);
  mkdirSync(join(root, "node_modules/commander"), { recursive: true });
  const launcher = join(root, "bin/stairwell");
  mkdirSync(dirname(launcher));
  copyFileSync(LAUNCHER, launcher);
  if (installed) {
    for (const machine of ["x64", "arm64"]) link(NODE, join(root, `node_modules/node-linux-${machine}/bin/node`));
  }
  return { root, launcher, elsewhere };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

/** A folder that holds one program, `node`, which says that it is of this version and does nothing else. */
function fakeNode(root: string, version: string): string {
  const path = join(root, `fake-${version}`, "node");
  write(path, `#!/bin/sh\necho "${version}"\n`);
  chmodSync(path, 0o755);
  return dirname(path);
}

function run(command: string, args: string[], path: string, cwd: string, more: NodeJS.ProcessEnv = {}) {
  return spawnSync(command, args, { cwd, encoding: "utf8", env: { PATH: path, ...more } });
}

interface Told {
  args: string[];
  pid: number;
  cache: string;
  node: string;
}

test("the launcher uses the Node installed with the project where the PATH has an old one", (t) => {
  const { root, launcher, elsewhere } = checkout(t, { installed: true });
  const { stdout, stderr, status } = run(launcher, ["--version", "a b", ""], fakeNode(root, "v20.20.2"), elsewhere);
  assert.equal(stderr, "");
  assert.equal(status, 0);
  const told = JSON.parse(stdout) as Told;
  assert.deepEqual(told.args, ["--version", "a b", ""]);
  assert.equal(told.node, process.version);
  assert.equal(told.cache, join(root, "node_modules/.cache/node"));
});

test("the launcher finds its checkout through a chain of symlinks, absolute and relative, and from its own folder", (t) => {
  const { root, launcher, elsewhere } = checkout(t, { installed: true });
  const path = fakeNode(root, "v20.20.2");
  link(launcher, join(elsewhere, "links/absolute"));
  link("links/absolute", join(elsewhere, "relative"));
  link("../relative", join(elsewhere, "bin/stairwell"));
  for (const [command, args, cwd] of [
    [join(elsewhere, "bin/stairwell"), ["--version"], "/"],
    ["bin/stairwell", ["--version"], elsewhere],
    ["/bin/sh", ["stairwell", "--version"], join(root, "bin")],
  ] as const) {
    const { stdout, stderr } = run(command, [...args], path, cwd);
    assert.equal(stderr, "");
    assert.equal((JSON.parse(stdout) as Told).node, process.version);
  }
});

test("the launcher uses the Node of the PATH where it is new enough, and keeps a compile cache that is set", (t) => {
  const { elsewhere, launcher } = checkout(t, { installed: false });
  const cache = join(elsewhere, "cache");
  const { stdout } = run(launcher, ["--version"], dirname(NODE), elsewhere, { NODE_COMPILE_CACHE: cache });
  assert.equal((JSON.parse(stdout) as Told).cache, cache);
});

test("the launcher passes the exit code on and replaces itself", async (t) => {
  const { root, launcher, elsewhere } = checkout(t, { installed: true });
  const PATH = fakeNode(root, "v20.20.2");
  assert.equal(run(launcher, ["fail"], PATH, elsewhere).status, 3);
  const child = spawn(launcher, ["--version"], { env: { PATH }, stdio: ["ignore", "pipe", "inherit"] });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  await once(child, "close");
  assert.equal((JSON.parse(stdout) as Told).pid, child.pid);
});

test("the launcher says what to do in a checkout without its packages", (t) => {
  const { root, launcher, elsewhere } = checkout(t, { installed: false });
  rmSync(join(root, "node_modules"), { recursive: true });
  const { stdout, stderr, status } = run(launcher, ["--version"], dirname(NODE), elsewhere);
  assert.deepEqual([status, stdout, stderr], [1, "", `stairwell needs its packages: run 'npm ci' in ${root}.\n`]);
});

test("the launcher says in one line what to do where there is no Node, or only an old or broken one", (t) => {
  const { root, launcher, elsewhere } = checkout(t, { installed: false });
  for (const path of [elsewhere, fakeNode(root, "v20.20.2"), fakeNode(root, "what?")]) {
    const { stdout, stderr, status } = run(launcher, ["--version"], path, elsewhere);
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /^stairwell needs Node 24 or newer: .+npm ci.+\n$/);
  }
});
