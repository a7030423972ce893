import assert from "node:assert/strict";
import { test } from "node:test";
import { compareThreats, readThreats, threatTests } from "./threats.ts";

/** A table with a row for every threat, each shown in the same file, but for what is replaced. */
function table(replaced: Readonly<Record<string, string>> = {}): string {
  const row = (id: string) => replaced[id] ?? `| ${id} | Something. | \`evil\` |`;
  return ["| Id | What | Shown by |", "| --- | --- | --- |", ...IDS.map(row)].join("\n");
}

const numbered = (kind: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${kind}-${String(i + 1).padStart(2, "0")}`);
const IDS = [...numbered("FIN", 48), ...numbered("FOU", 24)];
const ALL = `test("FD1 all of it: ${IDS.join(", ")}", f);`;

function faults(markdown: string, source = ALL, path = "packages/x/evil.test.ts"): string[] {
  return compareThreats(readThreats(markdown), threatTests(path, source));
}

test("a table and tests that agree have no fault", () => {
  assert.deepEqual(faults(table()), []);
  assert.deepEqual(faults(table({ "FIN-44": "| FIN-44 | Graphs. | Cannot be: there are none. |" })), []);
});

test("an id without a row is a fault", () => {
  assert.deepEqual(faults(table({ "FIN-07": "" }), ALL.replace("FIN-07, ", "")), ["FIN-07 has no row"]);
});

test("a row that stands twice is a fault", () => {
  const twice = "| FIN-07 | Keys. | `evil` |\n| FIN-07 | Keys. | `evil` |";
  assert.deepEqual(faults(table({ "FIN-07": twice })), ["FIN-07 stands twice in the table"]);
});

test("a row whose file has no test of it is a fault", () => {
  assert.deepEqual(faults(table({ "FIN-07": "| FIN-07 | Keys. | `evil`, `good` |" })), [
    "FIN-07 is to be shown in good, where no test has it in its name",
  ]);
  assert.deepEqual(faults(table(), ALL.replace("FIN-07, ", "")), [
    "FIN-07 is to be shown in evil, where no test has it in its name",
  ]);
});

test("a row that names no file and gives no reason is a fault", () => {
  for (const row of ["| FIN-07 | Keys. | |", "| FIN-07 | Keys. | Later. |", "| FIN-07 | Keys. | Cannot be: |"]) {
    assert.deepEqual(faults(table({ "FIN-07": row })), [
      "FIN-07 names no file of a test, and no reason why it cannot be",
    ]);
  }
});

test("a test of an id without a row is a fault that says where it stands", () => {
  assert.deepEqual(faults(table(), `${ALL}\ntest("FD2 a new one: FIN-49", f);`), [
    "packages/x/evil.test.ts:2 names FIN-49, which has no row",
  ]);
});

test("a pending row has no test yet, and with one the mark goes", () => {
  const pending = table({ "FOU-13": "| FOU-13 | Gaps. | *(pending)* `evil` |" });
  assert.deepEqual(faults(pending, ALL.replace("FOU-13, ", "")), []);
  assert.deepEqual(faults(pending), [
    "FOU-13 is marked pending and has a test (packages/x/evil.test.ts:1): remove the mark",
  ]);
});

test("ids in comments, skipped tests and other texts are no tests", () => {
  const source = `test.skip("FIN-07 a", f); // test("FIN-07 b", f)\n const what = "FIN-07 c"; it("FIN-07 d", f);`;
  assert.deepEqual(
    threatTests("evil.test.ts", source).map(({ place }) => place),
    ["evil.test.ts:2"],
  );
});
