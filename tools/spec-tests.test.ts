import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, namedTests, readRules } from "./spec-tests.ts";

const RULES = "# Rules\n\n- MB7 A public room is joined.\n- MB8 Twice is once, see MB7.\n- LC5 *(pending)* Rejoin.\n";

function faults(markdown: string, source: string): string[] {
  return compare(readRules(markdown), namedTests("a.test.ts", source));
}

test("rules and tests that agree have no fault", () => {
  assert.deepEqual(faults(RULES, `test("MB7 joins", f); it(\`MB8 again \${n}\`, f); test("without a rule", f);`), []);
});

test("a rule without a test is a fault, a pending one is not", () => {
  assert.deepEqual(faults(RULES, `test("MB7 joins", f);`), ["MB8 has no test: write one whose name starts with MB8"]);
});

test("a test of no rule is a fault that says where it stands", () => {
  assert.deepEqual(faults(RULES, `test("MB7 MB8 joins", f);\n\nt.test("MB70 joins", f);`), [
    "a.test.ts:3 names MB70, which is no rule of spec/",
  ]);
});

test("a pending rule with a test is a fault", () => {
  assert.deepEqual(faults(RULES, `test("MB7, MB8 and LC5: joins", f);`), [
    "LC5 is marked pending and has a test (a.test.ts:1): remove the mark",
  ]);
});

test("a rule that stands twice, and a text without rules, are faults", () => {
  assert.deepEqual(faults("- AP1 One.\n- AP1 Two.\n", `test("AP1 one", f);`), ["AP1 stands twice in spec/"]);
  assert.equal(faults("# Nothing\n", "").length, 1);
});

test("rules of deletion have three letters", () => {
  assert.deepEqual(faults("- DEL1 Gone.\n- DEL2 *(pending)* Gone.\n", `test("DEL1 gone", f);`), []);
});

test("skipped tests, comments, other calls and other words name no rule", () => {
  const source = `test.skip("MB7 a", f); // test("MB7 b", f)
    describe("MB7 c", f); /x/.test("MB7 d"); contest("MB7 e"); test("UTF8 f", f); test("the MB7 g", f); test("MB7x h", f);`;
  assert.deepEqual(namedTests("a.test.ts", source), []);
});
