import { open, stat, unlink } from "node:fs/promises";

/** Bytes that are given back to the system at a time. */
const GIVEN_BYTES = 16 * 1024 * 1024;

/**
 * Removes a file that nobody reads any more, a large one bit by bit: a system that tells its disk what is free does so with
 * the next sync of anybody, who waits for as long as a gigabyte takes. Rejects where there is none, as `unlink` does.
 */
export async function removeFile(path: string): Promise<void> {
  const { size } = await stat(path);
  // Where it cannot be shortened, for want of a descriptor or on a disk that is full, it goes all the same.
  if (size > GIVEN_BYTES) await shorten(path, size).catch(() => {});
  await unlink(path);
}

async function shorten(path: string, size: number): Promise<void> {
  const file = await open(path, "r+");
  try {
    for (let left = size - GIVEN_BYTES; left > 0; left -= GIVEN_BYTES) {
      await file.truncate(left);
      await file.sync();
    }
  } finally {
    await file.close();
  }
}
