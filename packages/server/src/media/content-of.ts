import type { Readable } from "node:stream";
import type { BlobStore, ByteRange } from "../blobs/index.ts";
import { checkedContent, mustBe } from "./checked-content.ts";
import type { HeldMedium, Medium } from "./medium.ts";
import { blobSeal, openBytes, sealedRange } from "./seal-bytes.ts";

/**
 * The bytes of a medium, or a range of them, in the clear. Fails where the store lost them. What is sealed is proved piece
 * by piece, and a whole content before its end; of a part of one in the clear only the length is known (VS4).
 */
export async function contentOf(blobs: BlobStore, medium: HeldMedium, range?: ByteRange): Promise<Readable> {
  const { blob, key, size } = medium;
  if (key === null) {
    const isWhole = range === undefined || (range.start === 0 && range.end === size - 1);
    if (isWhole) return checkedContent(there(await blobs.open(blob)), medium);
    return there(await blobs.open(blob, range));
  }
  const wanted = range ?? { start: 0, end: size - 1 };
  const sealed = there(await blobs.open(blob, sealedRange(size, wanted)));
  const clear = openBytes(sealed, blobSeal(key, blob.blobId, size), wanted);
  // A reader who goes in the middle ends the generator only where it waits; the file is let go of at once.
  clear.once("close", () => sealed.destroy());
  return clear;
}

/** The whole of a medium that is small, as `contentOf`. To send it through streams costs ten times as much. */
export async function wholeContentOf(blobs: BlobStore, medium: HeldMedium): Promise<Buffer> {
  if (medium.key === null) return mustBe(there(await blobs.read(medium.blob, medium.size)), medium);
  const pieces: Buffer[] = [];
  for await (const piece of await contentOf(blobs, medium)) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function there<T>(source: T | undefined): T {
  if (source === undefined) throw new Error("a medium is on record and its file is missing: run 'stairwell verify'");
  return source;
}

/** Headers of a medium's bytes: nothing in them may run, be guessed to be something else, or be kept by others. */
export function contentHeaders(medium: Medium, disposition: string): Record<string, string> {
  return {
    etag: etagOf(medium),
    "accept-ranges": "bytes",
    "content-type": medium.mimeType === "text/plain" ? "text/plain; charset=utf-8" : medium.mimeType,
    "content-disposition": disposition,
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    // Asked for again each time, since the right to read may end. Of an incognito room nothing is to be left anywhere.
    "cache-control": medium.roomNo === 0 ? "private, no-cache" : "private, no-store",
  };
}

/** Strong: equal for equal bytes alone. */
export function etagOf({ sha256 }: Medium): string {
  return `"${sha256}"`;
}
