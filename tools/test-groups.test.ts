import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { testFiles } from "./test-files.ts";
import { areaOf, groupsOf } from "./test-groups.ts";

const files = testFiles(join(import.meta.dirname, ".."));

test("every test file is in one group, and none but neighbours share one", () => {
  const groups = groupsOf(files);
  assert.deepEqual(groups.flat().toSorted(), files.toSorted());
  for (const group of groups) assert.equal(new Set(group.map(areaOf)).size, 1);
});

test("what takes long comes first, and shares its process with nobody", () => {
  const long = "packages/server/test/crash/each-step.test.ts";
  assert.deepEqual(groupsOf(["tools/a.test.ts", long, "tools/b.test.ts"]), [
    [long],
    ["tools/a.test.ts", "tools/b.test.ts"],
  ]);
});
