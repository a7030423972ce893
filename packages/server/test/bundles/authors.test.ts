import assert from "node:assert/strict";
import { test } from "node:test";
import type { Checked } from "@stairwell/protocol/bundle";
import { Authors } from "../../src/bundles/import-report.ts";

test("BU18 authors are counted each once, and however many a bundle makes up, in bounded memory", () => {
  const authors = new Authors();
  const by = (fqid: string): void => {
    const content = { _imported_sender: { fqid, display_name: "A", participant_type: "human" } };
    authors.look({ key: "events", value: { envelope: { imported: true }, content } } as unknown as Checked);
  };
  by("@a:far.example");
  by("@a:far.example");
  // Too long to be anybody's.
  by(`@${"b".repeat(60_000)}:far.example`);
  assert.equal(authors.count, 1);
  for (let i = 0; i < 100_100; i++) by(`@a${i}:far.example`);
  assert.equal(authors.count, 100_000);
});
