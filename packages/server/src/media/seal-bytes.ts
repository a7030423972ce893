import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { Readable } from "node:stream";
import type { ByteRange } from "../blobs/index.ts";

/** Bytes that are sealed together: a range is opened without what lies before it. */
const CHUNK = 64 * 1024;
const TAG = 16;
const NONCE = 12;

/** How a blob of an incognito room is sealed, and how many bytes it has in the clear. */
export interface BlobSeal {
  /** A key of its own, so that the nonces of its chunks are never another's. */
  readonly key: Uint8Array;
  readonly size: number;
}

export function blobSeal(roomKey: Uint8Array, blobId: string, size: number): BlobSeal {
  return { key: new Uint8Array(hkdfSync("sha256", roomKey, "", `stairwell blob ${blobId}`, 32)), size };
}

/** Bytes that a blob takes sealed. */
export function sealedSize(size: number): number {
  return size + TAG * chunksOf(size);
}

/**
 * Seals a content chunk by chunk (AES-256-GCM): ciphertext and tag, one after the other. The nonce is the chunk's number
 * and whether it is the last; with the size, which each is bound to, none can be cut off, moved or put elsewhere.
 */
export function sealBytes(source: AsyncIterable<Buffer>, seal: BlobSeal): Readable {
  return Readable.from(sealed(source, seal), { objectMode: false });
}

async function* sealed(source: AsyncIterable<Buffer>, { key, size }: BlobSeal): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const piece of inPieces(source, CHUNK)) {
    const cipher = createCipheriv("aes-256-gcm", key, nonceOf(number, size)).setAAD(aadOf(size));
    yield Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
    number++;
  }
  if (number !== chunksOf(size)) throw new Error("a content changed its size while it was sealed");
}

/** Where the bytes of a range lie in a sealed blob. */
export function sealedRange(size: number, { start, end }: ByteRange): ByteRange {
  const first = Math.floor(start / CHUNK) * (CHUNK + TAG);
  const beyond = (Math.floor(Math.max(start, end) / CHUNK) + 1) * (CHUNK + TAG);
  return { start: first, end: Math.min(beyond, sealedSize(size)) - 1 };
}

/** Opens the bytes of a range out of those of its `sealedRange`. Fails at the first chunk that is not what was sealed. */
export function openBytes(source: AsyncIterable<Buffer>, seal: BlobSeal, range: ByteRange): Readable {
  return Readable.from(opened(source, seal, range), { objectMode: false });
}

async function* opened(
  source: AsyncIterable<Buffer>,
  { key, size }: BlobSeal,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer> {
  let number = Math.floor(start / CHUNK);
  for await (const piece of inPieces(source, CHUNK + TAG)) {
    const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(number, size), { authTagLength: TAG })
      .setAAD(aadOf(size))
      .setAuthTag(piece.subarray(-TAG));
    const clear = Buffer.concat([decipher.update(piece.subarray(0, -TAG)), decipher.final()]);
    const at = number * CHUNK;
    const part = clear.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
    if (part.length > 0) yield part;
    number++;
  }
  if (number <= Math.floor(Math.max(start, end) / CHUNK)) throw new Error("a sealed content is cut off");
}

/** The bytes of a source in pieces of one size, the last as long as it is; one empty piece of an empty source. */
async function* inPieces(source: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let kept: Buffer[] = [];
  let length = 0;
  let any = false;
  for await (const bytes of source) {
    kept.push(bytes);
    length += bytes.length;
    if (length < size) continue;
    const all = Buffer.concat(kept);
    let at = 0;
    for (; all.length - at >= size; at += size) {
      any = true;
      yield all.subarray(at, at + size);
    }
    kept = [all.subarray(at)];
    length = all.length - at;
  }
  if (length > 0 || !any) yield Buffer.concat(kept);
}

function chunksOf(size: number): number {
  return Math.max(1, Math.ceil(size / CHUNK));
}

function nonceOf(number: number, size: number): Buffer {
  const nonce = Buffer.alloc(NONCE);
  nonce.writeUIntBE(number, 5, 6);
  nonce.writeUInt8(number === chunksOf(size) - 1 ? 1 : 0, NONCE - 1);
  return nonce;
}

function aadOf(size: number): Buffer {
  return Buffer.from(`stairwell blob of ${size}`);
}
