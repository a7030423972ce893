import { open } from "node:fs/promises";
import { fileTypeFromBuffer } from "file-type";
import type { Staged } from "../blobs/index.ts";

/** What is looked at: formats say what they are at their beginning. */
const LOOK_BYTES = 64 * 1024;
const UNKNOWN = "application/octet-stream";

/** Where beginnings are read into: of thousands of files one after the other the engine would see a gigabyte pass. */
const spare: Buffer[] = [];
const MOST_SPARE = 4;

/** What a browser may show by itself: nothing of it can hold a script. */
const SHOWN = new Set([
  "image/png",
  "image/apng",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  "audio/mpeg",
  "audio/ogg",
  "audio/flac",
  "audio/wav",
  "audio/aac",
  "audio/mp4",
  "video/mp4",
  "video/webm",
  "video/ogg",
  "video/quicktime",
]);

/** Other names of the same. */
const ALIASES: Readonly<Record<string, string>> = {
  "audio/x-m4a": "audio/mp4",
  "audio/x-flac": "audio/flac",
  "audio/vnd.wave": "audio/wav",
  "video/x-m4v": "video/mp4",
};

export function isShown(mimeType: string): boolean {
  return SHOWN.has(mimeType);
}

/**
 * The MIME type of a file by its content, whatever its sender says: a format that is known by its marks, `text/plain`
 * for UTF-8 without controls, else `application/octet-stream`.
 */
export async function mimeTypeOf({ path }: Pick<Staged, "path">): Promise<string> {
  const space = spare.pop() ?? Buffer.allocUnsafeSlow(LOOK_BYTES + 1);
  try {
    const got = await readBeginning(path, space);
    return await typeOf(space.subarray(0, Math.min(got, LOOK_BYTES)), got <= LOOK_BYTES);
  } finally {
    if (spare.length < MOST_SPARE) spare.push(space);
  }
}

async function typeOf(bytes: Uint8Array, isWhole: boolean): Promise<string> {
  if (bytes.length === 0) return UNKNOWN;
  const found = await fileTypeFromBuffer(bytes).catch(() => undefined);
  if (found === undefined) return isText(bytes, isWhole) ? "text/plain" : UNKNOWN;
  const plain = found.mime.split(";")[0]!.trim().toLowerCase();
  return ALIASES[plain] ?? plain;
}

/** Answers how many bytes there were, of those that fit. */
async function readBeginning(path: string, space: Buffer): Promise<number> {
  const file = await open(path);
  try {
    return (await file.read(space, 0, space.length, 0)).bytesRead;
  } finally {
    await file.close();
  }
}

function isText(bytes: Uint8Array, isWhole: boolean): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !isWhole });
    // oxlint-disable-next-line no-control-regex
    return !/[\u0000-\u0008\u000b\u000e-\u001f\u007f]/.test(text);
  } catch {
    return false;
  }
}
