import { join } from "node:path";
import { type BlobName, FileBlobStore } from "../blobs/index.ts";
import type { Reader } from "../db/index.ts";
import { type BlobRow, countBlobs, listBlobs } from "../media/index.ts";
import type { StepOptions } from "./step.ts";

const PAGE = 200;
/** Files that are copied at a time: each waits for its sync. */
const AT_ONCE = 8;

/** The media of an embedded store, in its data folder or in a backup of it. */
export function mediaIn(folder: string): FileBlobStore {
  return new FileBlobStore(join(folder, "blobs"));
}

/** Copies blobs from one folder to another, each once. */
export class MediaCopy {
  readonly #from: FileBlobStore;
  readonly #to: FileBlobStore;
  readonly #options: StepOptions;
  readonly #copied = new Map<string, BlobName>();

  constructor(from: FileBlobStore, to: FileBlobStore, options: StepOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
  }

  /** Copies what is on record in a store and was not copied yet; answers those that have no file. */
  async copyAllOf(store: Reader): Promise<BlobName[]> {
    const { bytes: total } = await countBlobs(store);
    const missing: BlobName[] = [];
    let done = 0;
    for (let after = 0; ;) {
      const page = await listBlobs(store, after, PAGE);
      const last = page.at(-1);
      if (last === undefined) return missing;
      after = last.blobNo;
      await this.#each(page, async (blob) => {
        if (!(await this.#copy(blob))) missing.push(blob);
        done += blob.size;
        this.#options.onProgress?.({ what: "media", done: Math.min(done, total), total });
      });
      this.#options.signal?.throwIfAborted();
    }
  }

  /** Takes away what was copied and is not to be kept. */
  async keepOnly(isKept: (name: BlobName) => Promise<boolean>): Promise<void> {
    for (const [id, name] of this.#copied) {
      if (await isKept(name)) continue;
      await this.#to.remove([name]);
      this.#copied.delete(id);
    }
  }

  async #copy({ tenantNo, blobId }: BlobRow): Promise<boolean> {
    if (this.#copied.has(blobId)) return true;
    const name = { tenantNo, blobId };
    const isThere = await this.#from.copyTo(this.#to, name);
    if (isThere) this.#copied.set(blobId, name);
    return isThere;
  }

  async #each(rows: readonly BlobRow[], work: (row: BlobRow) => Promise<void>): Promise<void> {
    const waiting = rows.values();
    const take = async (): Promise<void> => {
      for (const row of waiting) {
        this.#options.signal?.throwIfAborted();
        await work(row);
      }
    };
    const done = await Promise.allSettled(Array.from({ length: AT_ONCE }, take));
    for (const one of done) if (one.status === "rejected") throw one.reason;
  }
}
