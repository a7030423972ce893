import type { FileHandle } from "node:fs/promises";

/** Small pieces of a file in nearly ascending order, read in larger ones. */
export class FileWindow {
  readonly #file: FileHandle;
  readonly #windowBytes: number;
  #start = 0;
  #bytes = Buffer.alloc(0);

  /** `windowBytes`: as far apart as pieces lie that are worth reading together. */
  constructor(file: FileHandle, windowBytes: number) {
    this.#file = file;
    this.#windowBytes = windowBytes;
  }

  /** Exactly these bytes, valid until the next call; undefined when the file ends before them. */
  async read(at: number, length: number): Promise<Buffer | undefined> {
    if (at < this.#start || at + length > this.#start + this.#bytes.length) {
      const buffer = Buffer.allocUnsafe(Math.max(length, this.#windowBytes));
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
