import { open } from "node:fs/promises";
import { fileTypeFromBuffer } from "file-type";
import type { Staged } from "../blobs/index.ts";

/** What is looked at: formats say what they are at their beginning. */
const LOOK_BYTES = 64 * 1024;
const UNKNOWN = "application/octet-stream";

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
export async function mimeTypeOf(file: Pick<Staged, "path" | "bytes">): Promise<string> {
  const { bytes, isWhole } = await beginning(file);
  if (bytes.length === 0) return UNKNOWN;
  const found = await fileTypeFromBuffer(bytes).catch(() => undefined);
  if (found === undefined) return isText(bytes, isWhole) ? "text/plain" : UNKNOWN;
  const plain = found.mime.split(";")[0]!.trim().toLowerCase();
  return ALIASES[plain] ?? plain;
}

async function beginning({ path, bytes }: Pick<Staged, "path" | "bytes">) {
  if (bytes !== undefined) return { bytes: bytes.subarray(0, LOOK_BYTES), isWhole: bytes.length <= LOOK_BYTES };
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(LOOK_BYTES + 1), 0, LOOK_BYTES + 1, 0);
    return { bytes: buffer.subarray(0, Math.min(bytesRead, LOOK_BYTES)), isWhole: bytesRead <= LOOK_BYTES };
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
