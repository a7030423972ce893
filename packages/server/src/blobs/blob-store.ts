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

/**
 * Where contents lie: large, immutable, named by rows of the store. `SW_UNAVAILABLE` where it cannot be reached, after
 * some attempts; nobody knows then whether what was asked for has happened.
 */
export interface BlobStore {
  /** Whether other processes put blobs here too. */
  readonly isShared: boolean;
  /** Takes a staged file in, which may be gone then. When this settles the blob survives a crash. `SW_STORE_FULL`. */
  put(name: BlobName, staged: Staged): Promise<void>;
  /** The bytes of a blob, or a range of them that it has; undefined when there is no such blob. Fails where they are cut. */
  open(name: BlobName, range?: ByteRange): Promise<Readable | undefined>;
  /** All of a blob that is small enough to be held, `size` bytes of it or, where it has more, one more. Else as `open`. */
  read(name: BlobName, size: number): Promise<Buffer | undefined>;
  /** Takes blobs away; those that are not there are passed over. */
  remove(names: readonly BlobName[]): Promise<void>;
  /** Names of a tenant that were put before a time, Unix milliseconds by the store's clock, in no order. */
  listBefore(tenantNo: number, unixMs: number): AsyncIterable<BlobName>;
  /** What `putMark` has left here; undefined where nothing was. One attempt: whoever asks comes again. */
  readMark(): Promise<string | undefined>;
  /** Leaves a mark beside the blobs, by which this place is known again. It is as durable as they are. */
  putMark(mark: string): Promise<void>;
  /** Lets go of connections. */
  close(): void;
}
