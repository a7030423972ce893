import assert from "node:assert/strict";
import { test } from "node:test";
import { type Check, runChecks } from "./check.ts";

const GOOD: Check = { name: "good", command: ["node", "-e", "console.log('unheard')"] };
const BAD: Check = { name: "bad", command: ["node", "-e", "console.log('the reason'); process.exit(2)"] };
const MISSING: Check = { name: "missing", command: ["no-such-program-anywhere"] };

test("all checks run whatever fails, and a failure shows why", () => {
  const printed: string[] = [];
  assert.equal(
    runChecks([BAD, MISSING, GOOD], (text) => printed.push(text)),
    false,
  );
  const output = printed.join("\n");
  assert.match(output, /the reason\nfailed {2}bad {2}\d/);
  assert.match(output, /ENOENT\nfailed {2}missing {2}\d/);
  assert.match(output, /\nok {6}good {2}\d/);
  assert.doesNotMatch(output, /unheard/);
});

test("checks that all pass are good", () => {
  assert.equal(
    runChecks([GOOD], () => {}),
    true,
  );
});
