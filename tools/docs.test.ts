import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { docsFaults, pointersOf } from "./docs.ts";

test("links to files are found, those to other hosts, to headings and in code are not", () => {
  const text =
    '[a](docs/a.md#part) [b](https://b.example/) [c](#c) `[d](d.md)` [e](../e.md "title")\n```\n[f](f.md)\n```\n';
  assert.deepEqual(pointersOf(text).links, ["docs/a.md", "../e.md"]);
});

test("a link to nothing and a script that does not exist are faults", (t) => {
  const root = mkdtempSync(join(tmpdir(), "stairwell-docs-"));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "docs"));
  writeFileSync(join(root, "package.json"), `{ "scripts": { "check": "true" } }`);
  writeFileSync(join(root, "README.md"), "[a](docs/a.md) and [b](docs/b.md); `npm run check`\n");
  writeFileSync(join(root, "docs/a.md"), "[up](../README.md); `npm run chekc`\n");
  assert.deepEqual(docsFaults(root), [
    "README.md links to docs/b.md, which does not exist",
    'docs/a.md speaks of "npm run chekc", which package.json does not have',
  ]);
});
