import { FLAG_DESCRIPTOR } from "./central-directory.ts";
import { FULL_16, FULL_32 } from "./numbers.ts";

/** An entry that was written: what its records say (APPNOTE 4.3). */
export interface Written {
  readonly name: string;
  readonly method: 0 | 8;
  readonly crc: number;
  /** Bytes in the file, and bytes of the content. */
  readonly packed: number;
  readonly size: number;
  /** Where its local header is. */
  readonly start: number;
}

/** Made on Unix, by version 6.3 of the format's description. */
const MADE_BY = (3 << 8) | 63;
const NEEDED = 20;
const NEEDED_64 = 45;
/** A plain file, for its owner to read and write. */
const ATTRIBUTES = 0o100600 * 65_536;
const ZIP64 = 0x0001;
/** The time to the second and in UTC, which the header's own fields do not have. */
const TIMESTAMP = 0x5455;

/** Before a content whose CRC and sizes are not known yet: they follow it. */
export function localHeader(name: string, method: 0 | 8, at: Date): Buffer {
  const header = Buffer.alloc(30 + name.length);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(NEEDED, 4);
  header.writeUInt16LE(FLAG_DESCRIPTOR, 6);
  header.writeUInt16LE(method, 8);
  header.writeUInt32LE(dosTime(at), 10);
  header.writeUInt16LE(name.length, 26);
  header.write(name, 30, "latin1");
  return header;
}

/** After a content. Sizes of eight bytes only where four are too few. */
export function descriptor({ crc, packed, size }: Pick<Written, "crc" | "packed" | "size">): Buffer {
  const isLarge = packed >= FULL_32 || size >= FULL_32;
  const bytes = Buffer.alloc(isLarge ? 24 : 16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(crc, 4);
  if (isLarge) {
    bytes.writeBigUInt64LE(BigInt(packed), 8);
    bytes.writeBigUInt64LE(BigInt(size), 16);
  } else {
    bytes.writeUInt32LE(packed, 8);
    bytes.writeUInt32LE(size, 12);
  }
  return bytes;
}

export function centralHeader({ name, method, crc, packed, size, start }: Written, at: Date): Buffer {
  const large = [size, packed, start].filter((number) => number >= FULL_32);
  const extra = Buffer.concat([timestamp(at), ...(large.length > 0 ? [zip64(large)] : [])]);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(MADE_BY, 4);
  header.writeUInt16LE(large.length > 0 ? NEEDED_64 : NEEDED, 6);
  header.writeUInt16LE(FLAG_DESCRIPTOR, 8);
  header.writeUInt16LE(method, 10);
  header.writeUInt32LE(dosTime(at), 12);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(Math.min(packed, FULL_32), 20);
  header.writeUInt32LE(Math.min(size, FULL_32), 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(ATTRIBUTES, 38);
  header.writeUInt32LE(Math.min(start, FULL_32), 42);
  return Buffer.concat([header, Buffer.from(name, "latin1"), extra]);
}

/** What ends the file, with ZIP64 records where a number needs them. */
export function endRecords({ entries, bytes, start }: { entries: number; bytes: number; start: number }): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  for (const field of [8, 10]) end.writeUInt16LE(Math.min(entries, FULL_16), field);
  end.writeUInt32LE(Math.min(bytes, FULL_32), 12);
  end.writeUInt32LE(Math.min(start, FULL_32), 16);
  const isLarge = entries >= FULL_16 || bytes >= FULL_32 || start >= FULL_32;
  return isLarge ? Buffer.concat([end64({ entries, bytes, start }), end]) : end;
}

function end64({ entries, bytes, start }: { entries: number; bytes: number; start: number }): Buffer {
  const records = Buffer.alloc(76);
  records.writeUInt32LE(0x06064b50, 0);
  records.writeBigUInt64LE(44n, 4);
  records.writeUInt16LE(MADE_BY, 12);
  records.writeUInt16LE(NEEDED_64, 14);
  for (const field of [24, 32]) records.writeBigUInt64LE(BigInt(entries), field);
  records.writeBigUInt64LE(BigInt(bytes), 40);
  records.writeBigUInt64LE(BigInt(start), 48);
  // Its locator: it begins where the directory ends.
  records.writeUInt32LE(0x07064b50, 56);
  records.writeBigUInt64LE(BigInt(start + bytes), 64);
  records.writeUInt32LE(1, 72);
  return records;
}

function zip64(numbers: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * numbers.length);
  field.writeUInt16LE(ZIP64, 0);
  field.writeUInt16LE(8 * numbers.length, 2);
  numbers.forEach((number, i) => field.writeBigUInt64LE(BigInt(number), 4 + 8 * i));
  return field;
}

function timestamp(at: Date): Buffer {
  const field = Buffer.alloc(9);
  field.writeUInt16LE(TIMESTAMP, 0);
  field.writeUInt16LE(5, 2);
  field.writeUInt8(1, 4);
  field.writeInt32LE(Math.trunc(at.getTime() / 1000) | 0, 5);
  return field;
}

/** Time in the lower, date in the upper 16 bits, in steps of two seconds, from 1980 on. */
function dosTime(at: Date): number {
  const year = Math.max(0, at.getUTCFullYear() - 1980) & 0x7f;
  const date = (year << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return date * 65_536 + time;
}
