/** What a bundle may be (BU16). */
export interface BundleLimits {
  /** Bytes of the file. */
  readonly bytes: number;
  readonly entries: number;
  /** Bytes of the manifest, unpacked. */
  readonly manifestBytes: number;
  /** Bytes that all entries may give for each byte of the file. */
  readonly expansion: number;
}

const GIB = 1024 ** 3;

export const BUNDLE_LIMITS: BundleLimits = {
  bytes: 5 * GIB,
  entries: 100_001,
  manifestBytes: 4 * GIB,
  expansion: 200,
};
