import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { storeError } from "./store-error.ts";

/**
 * Bytes after which a file is synced while it is written, whether or not anybody needs it to be: what is left to the system
 * it writes half a minute later all at once, and every commit waits behind a gigabyte.
 */
export const SYNCED_BYTES = 1024 * 1024;

/** All that was written into a scratch. */
export interface Written {
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * A file for what is of use only while this process lives: its end never waits for the disk. Written once, then read, by
 * another process if need be.
 */
export class Scratch {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #written = createHash("sha256");
  #bytes = 0;
  #synced = 0;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** `path`: where nothing is. `SW_STORE_FULL` when the disk is. */
  static async open(path: string): Promise<Scratch> {
    try {
      return new Scratch(path, await open(path, "wx", 0o600));
    } catch (error) {
      throw storeError(error);
    }
  }

  /** One after the other. `SW_STORE_FULL` when the disk is. */
  async append(bytes: Buffer): Promise<void> {
    this.#written.update(bytes);
    this.#bytes += bytes.length;
    try {
      await this.#file.writeFile(bytes);
      if (this.#bytes - this.#synced < SYNCED_BYTES) return;
      this.#synced = this.#bytes;
      await this.#file.datasync();
    } catch (error) {
      throw storeError(error);
    }
  }

  /** Ends the writing. */
  async end(): Promise<Written> {
    await this.close();
    return { path: this.#path, bytes: this.#bytes, sha256: this.#written.digest("hex") };
  }

  /** A repeat does nothing. */
  close(): Promise<void> {
    return this.#file.close();
  }
}

/** All that was written, in pieces. Fails before its end where that is not what was written. */
export async function* readScratch(written: Written, pieceBytes: number): AsyncGenerator<Buffer, void, undefined> {
  const { path, bytes, sha256 } = written;
  const found = createHash("sha256");
  const file = await open(path);
  try {
    for (let at = 0; at < bytes;) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, bytes - at));
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      found.update(piece.subarray(0, bytesRead));
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
  if (found.digest("hex") !== sha256) throw new Error("a file is not what was written into it");
}
