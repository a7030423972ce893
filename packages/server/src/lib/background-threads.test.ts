import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { getPriority } from "node:os";
import { test } from "node:test";

const STAND_BACK = new URL("background-threads.ts", import.meta.url).href;

/** Says how nice each thread of a process is that has read a file, by the thread's name; none where nobody tells. */
const PROGRAM = `
  import { existsSync, readdirSync, readFileSync } from "node:fs";
  import { readFile } from "node:fs/promises";
  import { getPriority } from "node:os";
  import { standBack } from ${JSON.stringify(STAND_BACK)};
  await readFile(process.execPath);
  standBack();
  standBack();
  const tasks = "/proc/self/task/";
  const nice = (existsSync(tasks) ? readdirSync(tasks) : []).map((thread) => [
    Number(thread) === process.pid ? "main" : readFileSync(tasks + thread + "/comm", "utf8").trim(),
    getPriority(Number(thread)),
  ]);
  process.stdout.write(JSON.stringify(nice));
`;

test("threads that work for the main one stand back behind it, and no others", () => {
  const told = execFileSync(process.execPath, ["--input-type=module", "--eval", PROGRAM], { encoding: "utf8" });
  const nice = JSON.parse(told) as [string, number][];
  assert.equal(
    nice.some(([name]) => name === "libuv-worker"),
    process.platform === "linux",
  );
  // The tests themselves may have been told to stand back.
  const own = getPriority();
  for (const [name, found] of nice) assert.equal(found, name === "libuv-worker" ? Math.min(own + 10, 19) : own, name);
});
