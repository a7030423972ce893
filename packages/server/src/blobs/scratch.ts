import { createHash } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { storeError } from "./store-error.ts";

/**
 * A file for what is of use only while this process lives: it has no name, so that it is gone with the process or with
 * `close`, whichever comes first, and nothing of it waits for the disk. Written once, then read.
 */
export class Scratch {
  readonly #file: FileHandle;
  readonly #written = createHash("sha256");
  #bytes = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** `path`: where nothing is, for a moment. */
  static async open(path: string): Promise<Scratch> {
    try {
      const file = await open(path, "wx+", 0o600);
      await rm(path);
      return new Scratch(file);
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
    } catch (error) {
      throw storeError(error);
    }
  }

  /** All that was written, in pieces. Fails before its end where that is not what was written. */
  async *read(pieceBytes: number): AsyncGenerator<Buffer, void, undefined> {
    const found = createHash("sha256");
    for (let at = 0; at < this.#bytes;) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, this.#bytes - at));
      const { bytesRead } = await this.#file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      found.update(piece.subarray(0, bytesRead));
      yield piece.subarray(0, bytesRead);
    }
    if (found.digest("hex") !== this.#written.digest("hex")) throw new Error("a file is not what was written into it");
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
