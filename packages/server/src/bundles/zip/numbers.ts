/** A number of 64 bits; undefined beyond what is counted exactly, which no file reaches. */
export function readUint64(bytes: Buffer, at: number): number | undefined {
  const value = bytes.readBigUInt64LE(at);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}

/** What a field of 16 or 32 bits has when the number stands in a ZIP64 record. */
export const FULL_16 = 0xffff;
export const FULL_32 = 0xffffffff;
