import assert from "node:assert/strict";
import { test } from "node:test";
import { pagesOutOfStep, withPart } from "./write-docs.ts";

test("what the pages take from the code is as the code is", () => {
  assert.deepEqual(pagesOutOfStep(false), [], "run: node tools/write-docs.ts");
});

test("a generated part is replaced between its markers, and a page without them is an error", () => {
  const page = "a\n<!-- begin generated: x -->\nold\n<!-- end generated: x -->\nb\n";
  assert.equal(
    withPart(page, "x", "new", "page.md"),
    "a\n<!-- begin generated: x -->\n\nnew\n\n<!-- end generated: x -->\nb\n",
  );
  assert.throws(() => withPart(page, "y", "new", "page.md"), /no place for the generated part "y"/);
});
