import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, type FileHandle, mkdir, open, opendir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { sync, putDurably } from "../lib/durable.ts";
import { checkName, isBlobId } from "./blob-name.ts";
import type { BlobName, BlobStore, ByteRange } from "./blob-store.ts";
import type { Staged } from "./staging.ts";
import { storeError } from "./store-error.ts";

/** Its file. */
const MARK = "mark";

/**
 * Blobs as files: `FOLDER/TENANT/XX/BLOB`, XX being the last two digits of the blob's id, so that no folder grows
 * large. They are moved in where the folder lies on the file system of the staging, and copied where it lies elsewhere.
 */
export class FileBlobStore implements BlobStore {
  readonly isShared: boolean;
  readonly #folder: string;

  /** `isShared`: other processes may have the same folder. */
  constructor(folder: string, isShared = false) {
    this.#folder = folder;
    this.isShared = isShared;
  }

  async put(name: BlobName, staged: Staged): Promise<void> {
    const path = this.#pathOf(name);
    try {
      await this.#move(staged.path, path);
      await sync(dirname(path));
    } catch (error) {
      throw storeError(error);
    }
  }

  async open(name: BlobName, range?: ByteRange): Promise<Readable | undefined> {
    try {
      const file = await open(this.#pathOf(name));
      return file.createReadStream(range);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async read(name: BlobName, size: number): Promise<Buffer | undefined> {
    let file: FileHandle;
    try {
      file = await open(this.#pathOf(name));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      const buffer = Buffer.allocUnsafeSlow(size + 1);
      let got = 0;
      for (let bytesRead = 1; bytesRead > 0 && got < buffer.length; got += bytesRead) {
        ({ bytesRead } = await file.read(buffer, got, buffer.length - got, got));
      }
      return buffer.subarray(0, got);
    } finally {
      await file.close();
    }
  }

  async remove(names: readonly BlobName[]): Promise<void> {
    for (const name of names) await rm(this.#pathOf(name), { force: true });
  }

  async *listBefore(tenantNo: number, unixMs: number): AsyncGenerator<BlobName> {
    const tenant = join(this.#folder, String(tenantNo));
    for await (const shard of entries(tenant)) {
      for await (const blobId of entries(join(tenant, shard))) {
        if (!isBlobId(blobId)) continue;
        const name = { tenantNo, blobId };
        const { mtimeMs } = await stat(this.#pathOf(name)).catch(() => ({ mtimeMs: Infinity }));
        if (mtimeMs < unixMs) yield name;
      }
    }
  }

  async readMark(): Promise<string | undefined> {
    try {
      return await readFile(join(this.#folder, MARK), "utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async putMark(mark: string): Promise<void> {
    await this.#makeFolder(this.#folder);
    await putDurably(join(this.#folder, MARK), mark);
  }

  /** Copies a blob to another folder; when this settles it survives a crash there. False where there is no such blob. */
  async copyTo(other: FileBlobStore, name: BlobName): Promise<boolean> {
    const path = other.#pathOf(name);
    await other.#makeFolder(dirname(path));
    try {
      await copyFile(this.#pathOf(name), path, constants.COPYFILE_FICLONE);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    await sync(path);
    await sync(dirname(path));
    return true;
  }

  /** Where the file of a blob is, and how many bytes it has; undefined where there is no such blob. */
  async find(name: BlobName): Promise<{ path: string; size: number } | undefined> {
    const path = this.#pathOf(name);
    try {
      return { path, size: (await stat(path)).size };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  close(): void {}

  #pathOf(name: BlobName): string {
    checkName(name);
    const { tenantNo, blobId } = name;
    return join(this.#folder, String(tenantNo), blobId.slice(-2), blobId);
  }

  /** Into a folder that is there nearly always. */
  async #move(from: string, to: string): Promise<void> {
    try {
      await renameOrCopy(from, to);
    } catch (error) {
      if (!isMissing(error)) throw error;
      await this.#makeFolder(dirname(to));
      await renameOrCopy(from, to);
    }
  }

  /** A folder that is new is known to be there only when the one above it is synced. */
  async #makeFolder(path: string): Promise<void> {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let above = path; above.length >= first.length;) {
      above = dirname(above);
      await sync(above);
    }
  }
}

/** To another file system by a copy, which has a blob's name of its own meanwhile: what a crash leaves of it is swept. */
async function renameOrCopy(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    const copy = join(dirname(to), randomUUID());
    try {
      await copyFile(from, copy, constants.COPYFILE_EXCL);
      await sync(copy);
      await rename(copy, to);
    } catch (failure) {
      await rm(copy, { force: true });
      throw failure;
    }
  }
}

async function* entries(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(folder)) yield entry.name;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
