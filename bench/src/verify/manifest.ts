import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream";
import { createInflateRaw } from "node:zlib";
import { ManifestSplitter } from "@stairwell/protocol/bundle";
import type { ManifestPart } from "@stairwell/protocol/bundle";

/** Of a ZIP entry's header, before its name and extra field. */
const HEADER_BYTES = 30;

/** The manifest of an exported room, which is its first entry, unpacked. What follows it is not looked at. */
export async function manifestOf(bundle: string): Promise<Readable> {
  const file = await open(bundle);
  const header = Buffer.alloc(HEADER_BYTES);
  await file.read(header, 0, HEADER_BYTES, 0);
  const start = HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  const inflate = createInflateRaw({ chunkSize: 256 * 1024 });
  const packed = file.createReadStream({ start, highWaterMark: 256 * 1024 });
  inflate.once("end", () => packed.destroy());
  pipeline(packed, inflate, () => {});
  return inflate;
}

/** Its parts in order, as many at once as came at once. */
export async function* manifestParts(bundle: string): AsyncGenerator<ManifestPart[]> {
  const splitter = new ManifestSplitter();
  for await (const chunk of await manifestOf(bundle)) yield [...splitter.take(chunk as Buffer)];
  splitter.end();
}
