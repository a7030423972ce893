import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import type { HeapSpaceInfo } from "node:v8";
import { isWorthIt } from "./quiet-memory.ts";

const MEBIBYTE = 1024 * 1024;

/** Fills what is kept for the young, then has nothing to do; says what it held of it, and then what it holds at last. */
const BUSY_THEN_QUIET = `
import { getHeapSpaceStatistics } from "node:v8";
import { giveBackWhenQuiet } from ${JSON.stringify(join(import.meta.dirname, "quiet-memory.ts"))};
const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space").physical_space_size;
const kept = [];
for (let i = 0; i < 3_000_000; i++) kept[i % 200_000] = { i };
console.log(young());
const stop = giveBackWhenQuiet(10);
const looking = setInterval(() => {
  if (young() >= 4 * 1024 * 1024) return;
  console.log(young());
  stop();
  clearInterval(looking);
}, 100);
`;

test("the memory that a busy time has left is given back once there is nothing to do", async () => {
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", BUSY_THEN_QUIET]);
  const [busy, quiet] = (await run).stdout.trim().split("\n").map(Number);
  assert.ok(busy! >= 8 * MEBIBYTE, `${busy} bytes were held`);
  assert.ok(quiet! < 4 * MEBIBYTE, `${quiet} bytes are held`);
});

test("nothing is looked through for little, nor a heap that takes long", () => {
  const spaces = (young: number, old: number): HeapSpaceInfo[] =>
    [
      { space_name: "new_space", physical_space_size: young * MEBIBYTE, space_used_size: 0 },
      { space_name: "old_space", physical_space_size: old * MEBIBYTE, space_used_size: old * MEBIBYTE },
    ] as HeapSpaceInfo[];
  assert.equal(isWorthIt(spaces(16, 40)), true);
  assert.equal(isWorthIt(spaces(4, 40)), false);
  assert.equal(isWorthIt(spaces(16, 300)), false);
});
