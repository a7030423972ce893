/** What a bundle may be (BU16). */
export interface BundleLimits {
  /** Bytes of the file. */
  readonly bytes: number;
  readonly entries: number;
  /** Bytes of the manifest, unpacked. */
  readonly manifestBytes: number;
  /** Bytes of its people and media, in the manifest, which are held for as long as it is read. */
  readonly listBytes: number;
  /** Bytes that all entries may give for each byte of the file. */
  readonly expansion: number;
}

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** What is taken unless a server is configured otherwise. */
export const BUNDLE_LIMITS: BundleLimits = {
  bytes: 5 * GIB,
  entries: 100_001,
  manifestBytes: 4 * GIB,
  listBytes: 64 * MIB,
  expansion: 200,
};

/** So many names of one medium are carried; an entry of the manifest has room for them. */
export const MOST_NAMES = 1000;

/** No server takes less than this for a bomb; no export unpacks to half as much. */
export const LEAST_EXPANSION = 100;
/** Bytes to which an entry of an export unpacks for each of its own, at the most. */
export const DENSEST = 50;
