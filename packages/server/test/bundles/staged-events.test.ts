import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { freshSeed, Random } from "@stairwell/testing";
import { Staging } from "../../src/blobs/index.ts";
import { stagedBatches, StagedEvents } from "../../src/bundles/staged-events.ts";
import { importedContent, type ImportedDraft } from "../../src/events/index.ts";
import { newId } from "../../src/lib/random.ts";

const TYPES = ["swp.room.message", "acme.tab\t.and\nline", 'acme."quoted"\\', "acme.é.🍮"];

test("BU11 events that are put aside until all of a bundle was checked come back as they were, whatever their size", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "stairwell-staged-"));
  t.after(() => rm(folder, { recursive: true }));
  const scratch = await (await Staging.open(folder)).scratch();
  t.after(() => scratch.close());
  const seed = freshSeed();
  const random = new Random(seed);
  const staged = new StagedEvents(scratch);
  const given: ImportedDraft[] = [];
  for (let i = 0; i < 3000; i++) {
    // Some are larger than all that is read at once.
    const length = random.chance(0.01) ? 400_000 : random.int(0, 300);
    const body = random
      .pick(["a\tb\nc", "é🍮", "plain", '"\\'])
      .repeat(Math.ceil(length / 5))
      .slice(0, length)
      .toWellFormed();
    const said = random.chance(0.1)
      ? { content: null, salt: null, contentHash: "0".repeat(64) }
      : importedContent({ body });
    const draft = { eventId: newId<ImportedDraft["eventId"]>("event"), type: random.pick(TYPES), originTs: i, ...said };
    given.push(draft);
    await staged.add(draft);
  }
  const found: ImportedDraft[] = [];
  for await (const batch of stagedBatches(await staged.end())) {
    assert(batch.length > 0);
    found.push(...batch);
  }
  assert.deepEqual(found, given, `seed ${seed}`);
});
