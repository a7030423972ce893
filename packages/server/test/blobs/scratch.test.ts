import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { readScratch, Staging } from "../../src/blobs/index.ts";

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "stairwell-scratch-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

test("BU14 what was put aside comes back in pieces", async (t) => {
  const folder = await folderFor(t);
  const scratch = await (await Staging.open(folder)).scratch();
  const pieces = [randomBytes(100_000), Buffer.alloc(0), randomBytes(1), randomBytes(300_000)];
  for (const piece of pieces) await scratch.append(piece);
  const found: Buffer[] = [];
  for await (const piece of readScratch(await scratch.end(), 4096)) found.push(piece);
  assert(found.every((piece) => piece.length <= 4096));
  assert(Buffer.concat(found).equals(Buffer.concat(pieces)));
});

for (const [what, harm] of Object.entries({
  "has another bit": (bytes: Buffer) => bytes.fill(bytes[777]! ^ 1, 777, 778),
  "is shorter": (bytes: Buffer) => bytes.subarray(0, -1),
})) {
  test(`BU14 what was put aside and ${what} when it is read fails before its end`, async (t) => {
    const folder = await folderFor(t);
    const scratch = await (await Staging.open(folder)).scratch();
    await scratch.append(randomBytes(10_000));
    const written = await scratch.end();
    const { path } = written;
    const bytes = harm(readFileSync(path));
    const file = await open(path, "r+");
    await file.truncate(0);
    await file.write(bytes, 0, bytes.length, 0);
    await file.close();
    await assert.rejects(async () => {
      for await (const _ of readScratch(written, 4096));
    }, /not what was written/);
  });
}
