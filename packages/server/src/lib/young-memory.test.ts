import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { notePassed } from "./young-memory.ts";

const PIECE = 64 * 1024;
const PIECES = 8000;
/** The engine by itself lets 64 MiB gather before it looks. */
const MOST = 48 * 1024 * 1024;

test("buffers that passed are let go of long before the engine would look for them by itself", async () => {
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let i = 0; i < PIECES; i++) {
    notePassed(Buffer.allocUnsafeSlow(PIECE).length);
    if (i % 16 === 0) await setImmediate();
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  assert.ok(most < MOST, `${most} bytes were held of ${PIECES * PIECE}`);
});
