import type { FileHandle } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { BundleFault } from "@stairwell/protocol/bundle";
import { notePassed } from "../../lib/young-memory.ts";
import { readDirectory } from "./central-directory.ts";
import { readEnd } from "./end-record.ts";
import { FileWindow } from "./file-window.ts";
import { type Placed, placeEntry } from "./local-header.ts";

/** Read, and unpacked, at once: what is done with a piece keeps others waiting. */
const PIECE_BYTES = 64 * 1024;

/** The directory lies together; of the entries' own headers only what ends the one and begins the next does. */
const DIRECTORY_WINDOW = 256 * 1024;
const HEADERS_WINDOW = 1024;

/** What a bundle may be made of (BU16). */
export interface ArchiveLimits {
  readonly entries: number;
  /** Bytes that all entries may give for each byte of the file. */
  readonly expansion: number;
}

/** Told at each piece how many bytes all entries gave so far, and how many they are said to give. */
export type OnGiven = (given: number, size: number) => void;

/**
 * A ZIP file, read from where it lies: entries one after the other from its first byte on, then the central directory,
 * then its end, and nothing between. Throws `BundleFault` for everything else.
 */
export class Archive {
  readonly #file: FileHandle;
  readonly #entries: ReadonlyMap<string, Placed>;
  readonly #onGiven: OnGiven;
  readonly #size: number;
  #given = 0;
  /** Bytes that may still be given, whatever the headers say. */
  #left: number;

  private constructor(file: FileHandle, entries: ReadonlyMap<string, Placed>, most: number, onGiven: OnGiven) {
    this.#file = file;
    this.#entries = entries;
    this.#left = most;
    this.#onGiven = onGiven;
    this.#size = entries.values().reduce((sum, { entry }) => sum + entry.size, 0);
  }

  /** Reads all headers, and no content. The file must not change, nor be closed while entries are read. */
  static async open(
    file: FileHandle,
    size: number,
    limits: ArchiveLimits,
    onGiven: OnGiven = () => {},
  ): Promise<Archive> {
    const window = new FileWindow(file, DIRECTORY_WINDOW);
    const directory = await readEnd(window, size);
    if (directory.entries > limits.entries) {
      throw new BundleFault("", `has more than ${limits.entries} entries`, { isTooLarge: true });
    }
    const known = await readDirectory(window, directory);
    const inOrder = [...known.values()].toSorted((a, b) => a.start - b.start);
    if ((inOrder[0]?.start ?? directory.start) !== 0) throw new BundleFault("", "does not begin with its first entry");
    const entries = new Map<string, Placed>();
    const headers = new FileWindow(file, HEADERS_WINDOW);
    for (const [i, entry] of inOrder.entries()) {
      const end = inOrder[i + 1]?.start ?? directory.start;
      entries.set(entry.name, await placeEntry(headers, entry, end));
    }
    return new Archive(file, entries, size * limits.expansion, onGiven);
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
   * more comes than all entries together may give, each once.
   */
  read(name: string): Readable {
    return Readable.from(this.#checked(this.#placed(name), PIECE_BYTES), { objectMode: false });
  }

  /** As `read`, at once; for what is small. */
  async readWhole(name: string): Promise<Buffer> {
    const pieces: Buffer[] = [];
    const placed = this.#placed(name);
    for await (const piece of this.#checked(placed, placed.entry.size)) pieces.push(piece);
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  #placed(name: string): Placed {
    const placed = this.#entries.get(name);
    if (placed === undefined) throw new BundleFault(name, "is missing");
    return placed;
  }

  async *#checked(placed: Placed, pieceBytes: number): AsyncGenerator<Buffer, void, undefined> {
    const { name, method, size, crc } = placed.entry;
    let [given, found] = [0, 0];
    for await (const bytes of method === 0 ? this.#packed(placed, pieceBytes) : this.#inflated(placed)) {
      given += bytes.length;
      this.#left -= bytes.length;
      this.#onGiven((this.#given += bytes.length), this.#size);
      notePassed(bytes.length);
      found = crc32(bytes, found);
      if (given > size) throw new BundleFault(name, "gives more bytes than its header says");
      if (this.#left < 0) throw tooMuch(name);
      yield bytes;
    }
    if (given !== size) throw new BundleFault(name, "gives fewer bytes than its header says");
    if (found !== crc) throw new BundleFault(name, "does not match its CRC");
  }

  async *#inflated(placed: Placed): AsyncGenerator<Buffer, void, undefined> {
    const { name, packed } = placed.entry;
    if (packed === 0) throw new BundleFault(name, "is cut off");
    const inflate = createInflateRaw({ chunkSize: PIECE_BYTES });
    // What goes wrong ends it, and is heard of below.
    pipeline(Readable.from(this.#packed(placed, PIECE_BYTES), { objectMode: false }), inflate, () => {});
    try {
      yield* inflate as AsyncIterable<Buffer>;
    } catch (error) {
      throw toFault(name, error as NodeJS.ErrnoException);
    }
    if (inflate.bytesWritten !== packed) throw new BundleFault(name, "has bytes after its content");
  }

  /** Its bytes as they lie. Not by a stream of the file, each of which stays with the handle until that is closed. */
  async *#packed(
    { entry: { name, packed }, dataStart }: Placed,
    pieceBytes: number,
  ): AsyncGenerator<Buffer, void, undefined> {
    const end = dataStart + packed;
    for (let at = dataStart; at < end;) {
      const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, end - at));
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) throw new BundleFault(name, "is cut off");
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
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
