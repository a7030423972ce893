import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { freshSeed, Random, rounds } from "@stairwell/testing";
import { Archive } from "../../src/bundles/index.ts";
import { deflateWithin } from "../../src/bundles/zip/deflate-within.ts";
import { centralHeader, descriptor, endRecords, localHeader } from "../../src/bundles/zip/write-records.ts";
import { zipOf } from "../../src/bundles/zip-writer.ts";
import { tempFolder } from "../support/store.ts";

const AT = new Date("2027-01-31T12:34:56Z");
const LIMITS = { entries: 100_001, expansion: 200 };
const mediaName = (i: number): string => `media/${i.toString(16).padStart(64, "0")}`;

test("a ZIP of more entries than 16 bits count is written, and read here and elsewhere", async (t) => {
  const path = join(tempFolder(t), "many.zip");
  const count = 65_540;
  const entries = Array.from({ length: count }, (_, i) => ({
    name: mediaName(i),
    level: i % 7 === 0 ? 1 : 0,
    open: async () => Readable.from([Buffer.from(`content ${i}`)]),
  }));
  await pipeline(zipOf(entries, AT), createWriteStream(path));
  const file = await open(path);
  try {
    const archive = await Archive.open(file, (await file.stat()).size, LIMITS);
    assert.deepEqual(
      [...archive.names],
      entries.map(({ name }) => name),
    );
    for (const i of [0, 1, 7, count - 1]) {
      const parts = await archive.read(mediaName(i)).toArray();
      assert.equal(Buffer.concat(parts as Buffer[]).toString(), `content ${i}`);
    }
  } finally {
    await file.close();
  }
  const found = execFileSync("python3", ["-c", PYTHON, path], { encoding: "utf8" });
  assert.equal(found.trim(), `None ${count} (2027, 1, 31, 12, 34, 56) 0o100600`);
});

const PYTHON = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as file:
    entries = file.infolist()
    print(file.testzip(), len(entries), entries[0].date_time, oct(entries[0].external_attr >> 16))
`;

test("an entry of more bytes than 32 bits count, and one after it, have ZIP64 records that the strict reader takes", async (t) => {
  const size = 5 * 2 ** 30;
  const large = { name: mediaName(0), method: 0 as const, crc: 0x12345678, packed: size, size, start: 0 };
  const head = localHeader(large.name, 0, AT);
  const end = descriptor(large);
  const start = head.length + size + end.length;
  const next = { name: mediaName(1), method: 0 as const, crc: 0, packed: 0, size: 0, start };
  const small = Buffer.concat([localHeader(next.name, 0, AT), descriptor(next)]);
  const directory = Buffer.concat([centralHeader(large, AT), centralHeader(next, AT)]);
  const after = { entries: 2, bytes: directory.length, start: start + small.length };
  const file = await open(join(tempFolder(t), "large.zip"), "w+");
  try {
    // The content in between is a hole: it takes no room on the disk.
    await file.write(head, 0, head.length, 0);
    const rest = Buffer.concat([end, small, directory, endRecords(after)]);
    await file.write(rest, 0, rest.length, head.length + size);
    const archive = await Archive.open(file, (await file.stat()).size, LIMITS);
    assert.deepEqual(
      [...archive.names].map((name) => archive.sizeOf(name)),
      [size, 0],
    );
  } finally {
    await file.close();
  }
});

/** Chunks of these bytes, of many lengths. */
function* chunked(bytes: Buffer, random: Random): Generator<Buffer> {
  for (let at = 0; at < bytes.length;) {
    const length = random.pick([1, 100, 16_384, 100_000, 3_000_000]);
    yield bytes.subarray(at, (at += length));
  }
}

async function deflated(bytes: Buffer, most: number, random: Random): Promise<Buffer> {
  const parts: Buffer[] = [];
  const source = Readable.from(chunked(bytes, random)) as AsyncIterable<Buffer>;
  for await (const part of deflateWithin(source, 1, most)) parts.push(part);
  return Buffer.concat(parts);
}

test("what repeats itself is deflated no further than is asked for, and unpacks to what it was", async () => {
  const seed = freshSeed();
  const random = new Random(seed);
  for (let round = 0; round < rounds(100); round++) {
    const pieces = Array.from({ length: random.int(1, 20) }, () =>
      random.chance(0.7) ? Buffer.alloc(random.int(0, 1_000_000), "a") : randomBytes(random.int(0, 5000)),
    );
    const bytes = Buffer.concat(pieces);
    const most = random.int(2, 100);
    const packed = await deflated(bytes, most, random);
    assert(inflateRawSync(packed).equals(bytes), `seed ${seed}, round ${round}`);
    const least = (bytes.length - 32 * 1024) / most;
    assert(
      packed.length >= least,
      `seed ${seed}, round ${round}: ${packed.length} of ${bytes.length}, at most ${most}`,
    );
  }
});

test("what does not repeat itself so much is deflated as well as ever", async () => {
  const random = new Random(1);
  const lines = Array.from({ length: 20_000 }, (_, i) =>
    JSON.stringify({ body: `message ${i} of many`, hash: createHash("sha256").update(`${i}`).digest("hex") }),
  );
  const bytes = Buffer.from(lines.join());
  const packed = await deflated(bytes, 50, random);
  const usual = deflateRawSync(bytes, { level: 1 });
  assert(packed.length < usual.length * 1.01, `${packed.length} instead of ${usual.length}`);
});
