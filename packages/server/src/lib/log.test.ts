import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

test("a log whose disk is full costs lines and nothing else", (t) => {
  const full = openSync("/dev/full", "w");
  t.after(() => closeSync(full));
  const log = JSON.stringify(join(import.meta.dirname, "log.ts"));
  const code = `
    import { createLog } from ${log};
    const log = createLog("info");
    for (let i = 0; i < 20_000; i++) log.info({ i }, "a line of some length, of which there are many");
    setImmediate(() => console.log("serving"));
  `;
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", code];
  const { status, stdout } = spawnSync(process.execPath, args, { stdio: ["ignore", "pipe", full], encoding: "utf8" });
  assert.deepEqual([status, stdout], [0, "serving\n"]);
});
