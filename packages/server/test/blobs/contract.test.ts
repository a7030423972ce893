import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FileBlobStore } from "../../src/blobs/index.ts";
import { bytesOf, ENGINES, newName, placeOf } from "./stores.ts";

for (const [engine, open] of Object.entries(ENGINES)) {
  test(`${engine}: a blob is read whole and by range, and is gone when removed`, async (t) => {
    const { blobs, put } = await open(t);
    const name = newName();
    assert.equal(await blobs.open(name), undefined);
    await put(Buffer.from("0123456789"), name);
    assert.equal((await bytesOf(await blobs.open(name))).toString(), "0123456789");
    assert.equal((await bytesOf(await blobs.open(name, { start: 3, end: 5 }))).toString(), "345");
    assert.equal((await bytesOf(await blobs.open(name, { start: 0, end: 1 }))).toString(), "01");
    assert.equal((await bytesOf(await blobs.open(name, { start: 9, end: 9 }))).toString(), "9");
    await blobs.remove([name, newName(), name]);
    assert.equal(await blobs.open(name), undefined);
    assert.equal(await blobs.open(name, { start: 0, end: 1 }), undefined);
  });

  test(`${engine}: what was put is what is read, of no bytes and of many`, async (t) => {
    const { blobs, put } = await open(t);
    for (const size of [0, 1, 65_536, 5_000_011]) {
      const bytes = randomBytes(size);
      assert.deepEqual(await bytesOf(await blobs.open(await put(bytes))), bytes, `${size}`);
    }
  });

  test(`${engine}: a small blob is read at once, no more of it than one byte beyond what is expected`, async (t) => {
    const { blobs, put } = await open(t);
    assert.equal(await blobs.read(newName(), 10), undefined);
    const bytes = randomBytes(100_000);
    const name = await put(bytes);
    assert.deepEqual(await blobs.read(name, bytes.length), bytes);
    assert.deepEqual(await blobs.read(name, bytes.length + 1), bytes, "shorter than expected");
    assert.deepEqual(await blobs.read(name, 9), bytes.subarray(0, 10), "longer than expected");
    assert.deepEqual(await blobs.read(await put(Buffer.alloc(0)), 0), Buffer.alloc(0));
  });

  test(`${engine}: a tenant's blobs are listed by when they were put, and nobody else's`, async (t) => {
    const { blobs, put } = await open(t);
    const listed = async (tenantNo: number, before: number) =>
      (await Array.fromAsync(blobs.listBefore(tenantNo, before))).map(({ blobId }) => blobId).sort();
    assert.deepEqual(await listed(1, Infinity), []);
    const names = await Promise.all([1, 1, 1, 11].map((tenantNo) => put(Buffer.from("x"), newName(tenantNo))));
    const ofOne = names.slice(0, 3).map(({ blobId }) => blobId);
    assert.deepEqual(await listed(1, Date.now() + 60_000), ofOne.toSorted());
    assert.deepEqual(await listed(11, Infinity), [names[3]!.blobId]);
    assert.deepEqual(await listed(1, Date.now() - 60_000), []);
    await blobs.remove(names);
    assert.deepEqual(await listed(1, Infinity), []);
  });

  test(`${engine}: a name that is no blob's reaches nothing`, async (t) => {
    const { blobs } = await open(t);
    for (const blobId of ["../../secret", "secret", "", "0198c0de-0000-7000-8000-0000000000ab/../../../../secret"]) {
      await assert.rejects(blobs.open({ tenantNo: 1, blobId }), /no name of a blob/);
    }
    await assert.rejects(blobs.open({ ...newName(), tenantNo: 0.5 }), /no name of a blob/);
  });

  test(`${engine}: a reader who goes in the middle, or takes nothing, leaves the others their turn`, async (t) => {
    const { blobs, put } = await open(t);
    const bytes = randomBytes(3_000_000);
    const name = await put(bytes);
    const idle = [];
    for (let i = 0; i < 100; i++) {
      const stream = (await blobs.open(name))!;
      if (i % 2 === 0) idle.push(stream);
      else stream.destroy();
    }
    assert.deepEqual(await bytesOf(await blobs.open(name)), bytes);
    for (const stream of idle) stream.destroy();
  });

  test(`${engine}: a mark is kept beside the blobs and is none of them`, async (t) => {
    const { blobs, put } = await open(t);
    assert.equal(await blobs.readMark(), undefined);
    for (const mark of ["one", "another"]) {
      await blobs.putMark(mark);
      assert.equal(await blobs.readMark(), mark);
    }
    const name = await put(Buffer.from("x"), newName(1));
    assert.deepEqual(await Array.fromAsync(blobs.listBefore(1, Infinity)), [name]);
  });
}

test("files: a folder on another file system is copied into, and nothing else is left there", async (t) => {
  // Linux has it nearly everywhere; where it is missing, or the same file system, files are moved.
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "stairwell-blobs-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { blobs, put } = await placeOf(t, new FileBlobStore(folder));
  const bytes = randomBytes(100_000);
  const name = await put(bytes, newName(1));
  assert.deepEqual(await bytesOf(await blobs.open(name)), bytes);
  assert.deepEqual(readdirSync(join(folder, "1", name.blobId.slice(-2))), [name.blobId]);
});
