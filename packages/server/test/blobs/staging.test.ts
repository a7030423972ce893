import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test, type TestContext } from "node:test";
import { FileBlobStore, Staging, TooManyBytes } from "../../src/blobs/index.ts";
import { tempFolder } from "../support/store.ts";

async function places(t: TestContext) {
  const folder = tempFolder(t);
  const staging = await Staging.open(join(folder, "staging"));
  return { folder, staging, left: () => readdir(join(folder, "staging")) };
}

test("what is staged is what came, with its size and hash", async (t) => {
  const { staging, left } = await places(t);
  const bytes = randomBytes(1_000_003);
  const staged = await staging.receive(Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]), bytes.length);
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

test("a blob is read whole and by range, and is gone when removed", async (t) => {
  const { folder, staging } = await places(t);
  const blobs = new FileBlobStore(join(folder, "blobs"));
  const name = { tenantNo: 7, blobId: "0198c0de-0000-7000-8000-0000000000ab" };
  assert.equal(await blobs.open(name), undefined);
  await blobs.put(name, await staging.receive(Readable.from([Buffer.from("0123456789")]), 10));
  assert.equal(await textOf(await blobs.open(name)), "0123456789");
  assert.equal(await textOf(await blobs.open(name, { start: 3, end: 5 })), "345");
  assert.deepEqual(await names(blobs, 7, Date.now() + 60_000), [name]);
  assert.deepEqual(await names(blobs, 7, 0), []);
  assert.deepEqual(await names(blobs, 8, Infinity), []);
  await blobs.remove([name, name]);
  assert.equal(await blobs.open(name), undefined);
});

test("a name that is no blob's reaches no file", async (t) => {
  const { folder } = await places(t);
  await writeFile(join(folder, "secret"), "x");
  const blobs = new FileBlobStore(join(folder, "blobs"));
  for (const blobId of ["../../secret", "secret", "", "0198c0de-0000-7000-8000-0000000000ab/../../../../secret"]) {
    await assert.rejects(blobs.open({ tenantNo: 1, blobId }), /no name of a blob/);
  }
  await assert.rejects(blobs.open({ tenantNo: 0.5, blobId: "0198c0de-0000-7000-8000-0000000000ab" }), /no name/);
});

async function textOf(stream: Readable | undefined): Promise<string> {
  return Buffer.concat(await stream!.toArray()).toString();
}

async function names(blobs: FileBlobStore, tenantNo: number, before: number) {
  return Array.fromAsync(blobs.listBefore(tenantNo, before));
}
