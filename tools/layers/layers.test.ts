import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { checkLayers, NO_CYCLES } from "./check.ts";
import { DOMAIN, DOORS } from "./order.ts";
import { LAWFUL, PLANTS } from "./plants.ts";
import { RULES } from "./rules.ts";
import { readSources } from "./tree.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The rules that an import of one folder of the server by another breaks. */
function rulesBroken(from: string, to: string): string[] {
  const source = `import type { X } from "../${to}/index.ts";`;
  return checkLayers(new Map([[`packages/server/src/${from}/x.ts`, source]])).map(({ rule }) => rule);
}

test("a lawful tree is not reported", () => {
  assert.deepEqual(checkLayers(LAWFUL), []);
});

test("every rule has a planted violation, and every plant a rule", () => {
  assert.deepEqual(Object.keys(PLANTS).sort(), [...RULES.map(({ id }) => id), NO_CYCLES.id].sort());
});

for (const [rule, plants] of Object.entries(PLANTS)) {
  test(`${rule} reports each of its planted violations`, () => {
    for (const [path, text] of plants) {
      const found = checkLayers(new Map([...LAWFUL, [path, text]]));
      assert.ok(
        found.some((breach) => breach.rule === rule && (breach.path === path || rule === NO_CYCLES.id)),
        `${rule} did not report ${path}: ${text}`,
      );
    }
  });
}

test("a domain folder may import each folder before it and none after it", () => {
  for (const [mine, from] of DOMAIN.entries()) {
    if (from === "events") continue;
    for (const [theirs, to] of DOMAIN.entries()) {
      if (from === to) continue;
      const rules = rulesBroken(from, to);
      assert.deepEqual(rules, theirs < mine ? [] : ["domain-order"], `${from} imports ${to}`);
    }
  }
});

test("no door may import another door", () => {
  for (const from of DOORS) {
    for (const to of DOORS) {
      if (from === to) continue;
      assert.deepEqual(rulesBroken(from, to), ["doors-apart"]);
    }
  }
});

test("a violation says where it is and what to do", () => {
  const [found] = checkLayers(new Map([["packages/server/src/rooms/a.ts", `\n\nconst now = Date.now();`]]));
  assert.equal(found?.path, "packages/server/src/rooms/a.ts");
  assert.equal(found.line, 3);
  assert.equal(found.found, "Date.now");
  assert.match(found.says, /take a Clock/);
});

test("the real tree is read: every package has files, and they have imports", () => {
  const paths = [...readSources(ROOT).keys()];
  for (const folder of ["packages/protocol/src/", "packages/server/src/", "bench/src/"]) {
    assert.ok(
      paths.some((path) => path.startsWith(folder)),
      `nothing was read of ${folder}`,
    );
  }
  assert.ok(!paths.some((path) => path.includes("node_modules")));
});
