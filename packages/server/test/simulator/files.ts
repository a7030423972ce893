import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type BlobName, type BlobStore, type Staged, type Staging, TooManyBytes } from "../../src/blobs/index.ts";
import type { Painter } from "../../src/media/index.ts";
import type { Schedule } from "./schedule.ts";

/**
 * Where the files of a deployment lie, which outlive a crash. What a file is, the server finds out by its path: it has one for
 * that moment, in which the world stands still.
 */
export class Files {
  readonly #schedule: Schedule;
  readonly #blobs = new Map<string, Buffer>();
  #folder: string | undefined;
  #last = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** No pictures are sent: it is where the look at a file ends. */
  get painter(): Painter {
    const paint = ({ path }: { path: string }): Promise<undefined> => {
      this.#schedule.holds.delete(path);
      return Promise.resolve(undefined);
    };
    return { paint } as unknown as Painter;
  }

  get staging(): Staging {
    return { receive: (source: Readable, most: number) => this.#receive(source, most) } as unknown as Staging;
  }

  get blobs(): BlobStore {
    const name = ({ blobId }: BlobName): string => blobId;
    return {
      isShared: false,
      put: async (blob, { path }) => void this.#blobs.set(name(blob), readFileSync(path)),
      open: async (blob) => {
        const bytes = this.#blobs.get(name(blob));
        return bytes && Readable.from([bytes]);
      },
      read: async (blob) => this.#blobs.get(name(blob)),
      remove: async (blobs) => blobs.forEach((blob) => this.#blobs.delete(name(blob))),
      async *listBefore() {},
      readMark: async () => undefined,
      putMark: async () => {},
      close() {},
    };
  }

  end(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }

  async #receive(source: Readable, most: number): Promise<Staged> {
    const bytes = await bytesOf(source);
    if (bytes.length > most) throw new TooManyBytes(most);
    this.#folder ??= mkdtempSync(join(tmpdir(), "stairwell-files-"));
    const path = join(this.#folder, String(this.#last++));
    writeFileSync(path, bytes);
    const { holds } = this.#schedule;
    return {
      // Whoever takes its path looks at it next.
      get path() {
        holds.add(path);
        return path;
      },
      size: bytes.length,
      sha256: sha256Of(bytes),
      async discard() {
        holds.delete(path);
        unlinkSync(path);
      },
    };
  }
}

export async function bytesOf(source: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of source) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

export function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
