import type { Readable } from "node:stream";
import type { Staged } from "./staging.ts";

/**
 * The name of a blob: a tenant's number and a random id that is never used again. Rows say which content a name holds,
 * so that taking one away never races with storing the same content anew.
 */
export interface BlobName {
  readonly tenantNo: number;
  readonly blobId: string;
}

/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where contents lie: large, immutable, named by rows of the store. */
export interface BlobStore {
  /** Moves a staged file in. When this settles the blob survives a crash; before it, nothing is there. `SW_STORE_FULL`. */
  put(name: BlobName, staged: Staged): Promise<void>;
  /** The bytes of a blob, or a range of them; undefined when there is no such blob. */
  open(name: BlobName, range?: ByteRange): Promise<Readable | undefined>;
  /** Takes blobs away; those that are not there are passed over. */
  remove(names: readonly BlobName[]): Promise<void>;
  /** Names of a tenant that were put before a time, Unix milliseconds, in no order. */
  listBefore(tenantNo: number, unixMs: number): AsyncIterable<BlobName>;
}
