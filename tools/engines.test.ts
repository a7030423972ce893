import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { LONG, NOT_YET, ONCE, runsOnPostgres } from "./engines.ts";
import { testFiles } from "./test-files.ts";

const files = testFiles(join(import.meta.dirname, ".."));

test("whatever is said to run on one engine alone is there, with a reason", () => {
  for (const [path, reason] of Object.entries({ ...ONCE, ...LONG, ...NOT_YET })) {
    assert.ok(reason.length > 10, path);
    assert.ok(
      files.some((file) => (path.endsWith("/") ? file.startsWith(path) : file === path)),
      path,
    );
  }
});

test("a file runs on both engines where it lies among the tests of the server and nothing is said of it", () => {
  assert.equal(runsOnPostgres("packages/server/test/rooms/create.test.ts", false), true);
  assert.equal(runsOnPostgres("packages/server/src/lib/clock.test.ts", true), false);
  assert.equal(runsOnPostgres("tools/test.test.ts", true), false);
  for (const path of Object.keys({ ...ONCE, ...NOT_YET })) assert.equal(runsOnPostgres(path, true), false, path);
  for (const path of Object.keys(LONG)) assert.equal(runsOnPostgres(path, false), false, path);
});
