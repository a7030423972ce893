import type { FileHandle } from "node:fs/promises";

const WINDOW_BYTES = 256 * 1024;

/** Small pieces of a file in nearly ascending order, read in large ones. */
export class FileWindow {
  readonly #file: FileHandle;
  #start = 0;
  #bytes = Buffer.alloc(0);

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Exactly these bytes, valid until the next call; undefined when the file ends before them. */
  async read(at: number, length: number): Promise<Buffer | undefined> {
    if (at < this.#start || at + length > this.#start + this.#bytes.length) {
      const buffer = Buffer.allocUnsafe(Math.max(length, WINDOW_BYTES));
      let got = 0;
      while (got < buffer.length) {
        const { bytesRead } = await this.#file.read(buffer, got, buffer.length - got, at + got);
        if (bytesRead === 0) break;
        got += bytesRead;
      }
      this.#start = at;
      this.#bytes = buffer.subarray(0, got);
    }
    const from = at - this.#start;
    return from + length <= this.#bytes.length ? this.#bytes.subarray(from, from + length) : undefined;
  }
}
