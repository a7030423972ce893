import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ERRORS } from "@stairwell/protocol";

const DOCS = join(import.meta.dirname, "../../../../docs");

test("AP5 the page of errors and the table in code say the same, in both directions", () => {
  const rows = [
    ...readFileSync(join(DOCS, "errors.md"), "utf8").matchAll(/^\| `(SW_\w+)` \| (\d+) \| (.+?) \| (.+?) \|$/gm),
  ];
  const documented = Object.fromEntries(
    rows.map(([, code, status, message]) => [code, { status: Number(status), message }]),
  );
  assert.equal(rows.length, Object.keys(documented).length, "a code is documented twice");
  assert.deepEqual(documented, ERRORS);
  for (const [, code, , , advice] of rows) assert.ok(advice!.length > 5, `${code} has no advice`);
});
