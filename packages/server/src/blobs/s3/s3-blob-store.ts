import type { Readable } from "node:stream";
import { checkName, isBlobId } from "../blob-name.ts";
import type { BlobName, BlobStore, ByteRange } from "../blob-store.ts";
import type { Staged } from "../staging.ts";
import { patiently } from "./patiently.ts";
import { type Piece, S3Bucket } from "./s3-bucket.ts";
import { type S3Options, type S3Pace, USUAL_PACE } from "./s3-options.ts";

/** Its key, after the prefix. */
const MARK = "mark";
/** The protocol knows no more parts of one object. */
const MOST_PARTS = 10_000;
/** Objects that are removed at a time. */
const AT_ONCE = 8;

/**
 * Blobs as objects of a bucket: `PREFIX TENANT/BLOB`, so that a tenant's can be found and removed. Any number of
 * processes share it. What fails in a way that may pass is attempted again within bounds; then, `SW_UNAVAILABLE`.
 */
export class S3BlobStore implements BlobStore {
  readonly isShared = true;
  readonly #bucket: S3Bucket;
  readonly #pace: S3Pace;
  readonly #prefix: string;

  constructor(options: S3Options) {
    this.#pace = { ...USUAL_PACE, ...options.pace };
    this.#bucket = new S3Bucket(options, this.#pace.silenceMs);
    this.#prefix = options.prefix;
  }

  async put(name: BlobName, { path, size }: Staged): Promise<void> {
    const key = this.#keyOf(name);
    try {
      if (size <= this.#pace.partBytes) {
        await this.#patiently(() => this.#bucket.put(key, { path, range: null, size }));
      } else await this.#putParts(key, path, size);
    } catch (error) {
      // The store may have it in spite of its answer. Where this fails too, it is swept.
      await this.#bucket.remove(key).catch(() => {});
      throw error;
    }
  }

  async open(name: BlobName, range?: ByteRange): Promise<Readable | undefined> {
    const key = this.#keyOf(name);
    return this.#patiently(() => this.#bucket.get(key, range));
  }

  async read(name: BlobName, size: number): Promise<Buffer | undefined> {
    const source = await this.open(name);
    if (source === undefined) return undefined;
    const pieces: Buffer[] = [];
    let bytes = 0;
    // To leave the loop ends the source.
    for await (const piece of source as AsyncIterable<Buffer>) {
      pieces.push(piece);
      if ((bytes += piece.length) > size) break;
    }
    return Buffer.concat(pieces).subarray(0, size + 1);
  }

  async remove(names: readonly BlobName[]): Promise<void> {
    for (let at = 0; at < names.length; at += AT_ONCE) {
      const keys = names.slice(at, at + AT_ONCE).map((name) => this.#keyOf(name));
      await Promise.all(keys.map((key) => this.#patiently(() => this.#bucket.remove(key))));
    }
  }

  async *listBefore(tenantNo: number, unixMs: number): AsyncGenerator<BlobName> {
    const prefix = `${this.#prefix}${tenantNo}/`;
    let from: string | undefined;
    do {
      const page = await this.#patiently(() => this.#bucket.list(prefix, from));
      for (const { key, modifiedAt } of page.objects) {
        const blobId = key.slice(prefix.length);
        if (isBlobId(blobId) && modifiedAt < unixMs) yield { tenantNo, blobId };
      }
      from = page.next;
    } while (from !== undefined);
  }

  async readMark(): Promise<string | undefined> {
    return patiently({ ...this.#pace, patienceMs: 0 }, () => this.#bucket.getText(`${this.#prefix}${MARK}`));
  }

  async putMark(mark: string): Promise<void> {
    await this.#patiently(() => this.#bucket.putText(`${this.#prefix}${MARK}`, mark));
  }

  close(): void {
    this.#bucket.close();
  }

  async #putParts(key: string, path: string, size: number): Promise<void> {
    const uploadId = await this.#patiently(() => this.#bucket.beginParts(key));
    try {
      const parts: { partNumber: number; etag: string }[] = [];
      for (const piece of piecesOf(path, size, this.#pace.partBytes)) {
        parts.push(await this.#patiently(() => this.#bucket.putPart(key, uploadId, parts.length + 1, piece)));
      }
      await this.#patiently(() => this.#bucket.endParts(key, uploadId, parts));
    } catch (error) {
      // Parts take room until they are aborted; a rule of the bucket takes those that this leaves.
      await this.#bucket.abortParts(key, uploadId).catch(() => {});
      throw error;
    }
  }

  #keyOf(name: BlobName): string {
    checkName(name);
    return `${this.#prefix}${name.tenantNo}/${name.blobId}`;
  }

  #patiently<T>(work: () => Promise<T>): Promise<T> {
    return patiently(this.#pace, work);
  }
}

function* piecesOf(path: string, size: number, partBytes: number): Generator<Piece> {
  const step = Math.max(partBytes, Math.ceil(size / MOST_PARTS));
  for (let start = 0; start < size; start += step) {
    const end = Math.min(start + step, size) - 1;
    yield { path, range: { start, end }, size: end - start + 1 };
  }
}
