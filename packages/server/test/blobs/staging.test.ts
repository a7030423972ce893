import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { open, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { test, type TestContext } from "node:test";
import { Staging, TooManyBytes } from "../../src/blobs/index.ts";
import { tempFolder } from "../support/store.ts";

const MB = 1024 * 1024;

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

test("what is taken away goes, however large, and nothing beside it", async (t) => {
  const { staging, left } = await places(t);
  const within = await staging.within();
  const kept = await staging.keep(Buffer.from("kept"));
  const sizes = [0, 1, 16 * MB, 16 * MB + 1, 50 * MB];
  for (const each of [staging, within]) {
    const files = [];
    for (const size of sizes) {
      const file = await each.keep(Buffer.alloc(0));
      await truncate(file.path, size);
      files.push(file);
    }
    if (each === staging) for (const file of files) await file.discard();
  }
  await within.remove();
  assert.deepEqual(await left(), [basename(kept.path)]);
});

test("what is large goes bit by bit: whoever has it open sees little of it in the end", async (t) => {
  const { staging } = await places(t);
  const { path, discard } = await staging.keep(Buffer.alloc(0));
  await truncate(path, 50 * MB);
  const held = await open(path);
  t.after(() => held.close());
  await discard();
  assert.ok((await held.stat()).size <= 16 * MB);
});

test("what is large goes at once where the system opens no more files", async (t) => {
  const { staging, left } = await places(t);
  const { path } = await staging.keep(Buffer.alloc(0));
  await truncate(path, 50 * MB);
  const source = `
    import { openSync } from "node:fs";
    import { removeFile } from ${JSON.stringify(join(import.meta.dirname, "../../src/blobs/remove-file.ts"))};
    try {
      for (;;) openSync("/dev/null");
    } catch ({ code }) {
      if (code !== "EMFILE") throw new Error(code);
    }
    await removeFile(${JSON.stringify(path)});`;
  const node = [process.execPath, "--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", source];
  const { status, stderr } = spawnSync("sh", ["-c", 'ulimit -n 100 && exec "$@"', "sh", ...node], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
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
