import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { DENSEST } from "@stairwell/protocol/bundle";
import { deflateWithin } from "./zip/deflate-within.ts";
import { centralHeader, descriptor, endRecords, localHeader, type Written } from "./zip/write-records.ts";

/** An entry of a ZIP that is being written; opened when its turn has come. */
export interface WrittenEntry {
  readonly name: string;
  /** Deflate at this level, or store. */
  readonly level: number;
  /** Bytes, where they are known. */
  readonly size?: number;
  /** Whoever stops reading before the end ends it. */
  readonly open: () => Promise<AsyncIterable<Buffer> | Iterable<Buffer>>;
}

/** Headers of the directory that are handed out at once. */
const HEADERS = 500;

/**
 * A ZIP of these entries, in their order, written as it is read. When an entry cannot be read to its end the stream fails
 * and the ZIP has no directory: nobody can take it for a whole one. A reader who goes ends the entry that is open.
 */
export function zipOf(entries: readonly WrittenEntry[], at: Date): Readable {
  return Readable.from(zipBytes(entries, at), { objectMode: false });
}

async function* zipBytes(entries: readonly WrittenEntry[], at: Date): AsyncGenerator<Buffer, void, undefined> {
  const directory: Written[] = [];
  let start = 0;
  for (const entry of entries) {
    const method = entry.level === 0 ? 0 : 8;
    const header = localHeader(entry.name, method, at);
    yield header;
    const content = new Content(await entry.open());
    let packed = 0;
    for await (const bytes of entry.level === 0 ? content : deflateWithin(content, entry.level, DENSEST)) {
      packed += bytes.length;
      yield bytes;
    }
    const { crc, size } = content;
    if (entry.size !== undefined && entry.size !== size) throw new Error(`${entry.name} has ${size} bytes`);
    const written = { name: entry.name, method, crc, packed, size, start } as const;
    directory.push(written);
    const end = descriptor(written);
    yield end;
    start += header.length + packed + end.length;
  }
  let bytes = 0;
  for (let i = 0; i < directory.length; i += HEADERS) {
    const headers = Buffer.concat(directory.slice(i, i + HEADERS).map((written) => centralHeader(written, at)));
    bytes += headers.length;
    yield headers;
  }
  yield endRecords({ entries: directory.length, bytes, start });
}

/** An entry's content on its way, measured. */
class Content implements AsyncIterable<Buffer> {
  readonly #source: AsyncIterable<Buffer> | Iterable<Buffer>;
  size = 0;
  crc = 0;

  constructor(source: AsyncIterable<Buffer> | Iterable<Buffer>) {
    this.#source = source;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of this.#source) {
      this.size += chunk.length;
      this.crc = crc32(chunk, this.crc);
      yield chunk;
    }
  }
}
