import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test, type TestContext } from "node:test";
import { Staging, TooManyBytes } from "../../src/blobs/index.ts";
import { tempFolder } from "../support/store.ts";

async function places(t: TestContext) {
  const folder = tempFolder(t);
  const staging = await Staging.open(join(folder, "staging"));
  return { folder, staging, left: () => readdir(join(folder, "staging")) };
}

test("what is staged is what came, with its size and hash", async (t) => {
  const { staging, left } = await places(t);
  const bytes = randomBytes(5_000_003);
  const pieces = [bytes.subarray(0, 7), bytes.subarray(7, 2_000_000), bytes.subarray(2_000_000)];
  const staged = await staging.receive(Readable.from(pieces), bytes.length);
  assert.deepEqual(await readFile(staged.path), bytes);
  assert.equal(staged.size, bytes.length);
  assert.equal(staged.sha256, createHash("sha256").update(bytes).digest("hex"));
  await staged.discard();
  await staged.discard();
  assert.deepEqual(await left(), []);
});

test("one byte too many, and a source that fails, leave nothing behind", async (t) => {
  const { staging, left } = await places(t);
  await assert.rejects(staging.receive(Readable.from([Buffer.alloc(11)]), 10), TooManyBytes);
  async function* failing() {
    yield Buffer.alloc(5);
    await Promise.resolve();
    throw new Error("cut");
  }
  await assert.rejects(staging.receive(Readable.from(failing()), 10), /cut/);
  assert.deepEqual(await left(), []);
});

test("what a process left in the staging is swept when the next one opens it", async (t) => {
  const { folder, left } = await places(t);
  await writeFile(join(folder, "staging", "half"), "a file");
  await Staging.open(join(folder, "staging"));
  assert.deepEqual(await left(), []);
});
