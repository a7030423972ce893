import type { FileHandle } from "node:fs/promises";
import { pipeline, type Readable, Transform } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { BundleFault } from "@stairwell/protocol/bundle";
import { readDirectory } from "./central-directory.ts";
import { readEnd } from "./end-record.ts";
import { FileWindow } from "./file-window.ts";
import { type Placed, placeEntry } from "./local-header.ts";

/** What a bundle may be made of (BU16). */
export interface ArchiveLimits {
  readonly entries: number;
  /** Bytes that all entries may give for each byte of the file. */
  readonly expansion: number;
}

/**
 * A ZIP file, read from where it lies: entries one after the other from its first byte on, then the central directory,
 * then its end, and nothing between. Throws `BundleFault` for everything else.
 */
export class Archive {
  readonly #file: FileHandle;
  readonly #entries: ReadonlyMap<string, Placed>;
  /** Bytes that may still be given, whatever the headers say. */
  #left: number;
  readonly #most: number;

  private constructor(file: FileHandle, entries: ReadonlyMap<string, Placed>, most: number) {
    this.#file = file;
    this.#entries = entries;
    this.#most = most;
    this.#left = most;
  }

  /** Reads all headers, and no content. The file must not change, nor be closed while entries are read. */
  static async open(file: FileHandle, size: number, limits: ArchiveLimits): Promise<Archive> {
    const window = new FileWindow(file);
    const directory = await readEnd(window, size);
    if (directory.entries > limits.entries) {
      throw new BundleFault("", `has more than ${limits.entries} entries`, { isTooLarge: true });
    }
    const known = await readDirectory(window, directory);
    const inOrder = [...known.values()].toSorted((a, b) => a.start - b.start);
    if ((inOrder[0]?.start ?? directory.start) !== 0) throw new BundleFault("", "does not begin with its first entry");
    const entries = new Map<string, Placed>();
    for (const [i, entry] of inOrder.entries()) {
      const end = inOrder[i + 1]?.start ?? directory.start;
      entries.set(entry.name, await placeEntry(window, entry, end));
    }
    return new Archive(file, entries, size * limits.expansion);
  }

  /** In the order in which they lie. */
  get names(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** What an entry is said to give, in bytes; undefined for one that is not there. */
  sizeOf(name: string): number | undefined {
    return this.#entries.get(name)?.entry.size;
  }

  /**
   * An entry's content. The stream fails with a `BundleFault` where the content is not what its header says, and where
   * more comes than all entries together may give since the last `rewind`.
   */
  read(name: string): Readable {
    const placed = this.#entries.get(name);
    if (placed === undefined) throw new BundleFault(name, "is missing");
    const { entry, dataStart } = placed;
    const checked = this.#checked(placed);
    if (entry.packed === 0) {
      if (entry.method === 8) checked.destroy(new BundleFault(name, "is cut off"));
      else checked.end();
      return checked;
    }
    const packed = this.#file.createReadStream({
      start: dataStart,
      end: dataStart + entry.packed - 1,
      autoClose: false,
    });
    const onEnd = (): void => {};
    if (entry.method === 0) pipeline(packed, checked, onEnd);
    else {
      const inflate = createInflateRaw();
      // Before the pipeline, which would hand on what the library says.
      inflate.once("error", (error: NodeJS.ErrnoException) => checked.destroy(toFault(name, error)));
      inflate.once("end", () => {
        if (inflate.bytesWritten !== entry.packed)
          checked.destroy(new BundleFault(name, "has bytes after its content"));
      });
      pipeline(packed, inflate, checked, onEnd);
    }
    return checked;
  }

  /** The entries are read from the beginning again. */
  rewind(): void {
    this.#left = this.#most;
  }

  #checked({ entry }: Placed): Transform {
    let size = 0;
    let crc = 0;
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        size += chunk.length;
        this.#left -= chunk.length;
        crc = crc32(chunk, crc);
        if (size > entry.size) done(new BundleFault(entry.name, "gives more bytes than its header says"));
        else if (this.#left < 0) done(tooMuch(entry.name));
        else done(null, chunk);
      },
      flush: (done) => {
        if (size !== entry.size) done(new BundleFault(entry.name, "gives fewer bytes than its header says"));
        else done(crc === entry.crc ? null : new BundleFault(entry.name, "does not match its CRC"));
      },
    });
  }
}

function tooMuch(name: string): BundleFault {
  return new BundleFault(name, "unpacks to more than the whole bundle may", { isTooLarge: true });
}

/** What deflate finds wrong is the entry's fault; what the disk does is not. */
function toFault(name: string, error: NodeJS.ErrnoException): Error {
  if (error instanceof BundleFault) return error;
  return error.code?.startsWith("Z_") === true ? new BundleFault(name, "is not deflated as it says") : error;
}
