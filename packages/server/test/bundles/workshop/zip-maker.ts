import { crc32, deflateRawSync } from "node:zlib";

/** What a header says; what is left out is said as it is. */
export interface Said {
  readonly name?: string | Buffer;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly packed?: number;
  readonly size?: number;
  readonly extra?: Buffer;
  readonly signature?: number;
}

export interface MadeEntry {
  readonly name: string | Buffer;
  readonly content: Buffer;
  /** Stored unless said otherwise. */
  readonly deflated?: boolean;
  /** What lies where the packed content would. */
  readonly data?: Buffer;
  /** What follows the content. */
  readonly after?: Buffer;
  /** What both headers say, and what each says. */
  readonly both?: Said;
  readonly local?: Said;
  readonly central?: Said & {
    readonly start?: number;
    readonly comment?: string;
    readonly madeBy?: number;
    readonly attributes?: number;
    readonly disk?: number;
  };
  /** It has no local part, or none in the central directory. */
  readonly missing?: "local" | "central";
}

export interface End {
  readonly before?: Buffer;
  /** Between the entries and the central directory. */
  readonly between?: Buffer;
  readonly beforeEnd?: Buffer;
  readonly after?: Buffer;
  readonly comment?: Buffer;
  readonly disk?: number;
  readonly entries?: number;
  readonly bytes?: number;
  readonly start?: number;
  /** With ZIP64 records before the end, which say this. */
  readonly zip64?: {
    entries?: bigint;
    onDisk?: bigint;
    bytes?: bigint;
    start?: bigint;
    locator?: bigint;
    disks?: number;
  };
}

/** Makes a ZIP byte by byte, with whatever lies are asked for; without any it is a right one. */
export function makeZip(entries: readonly MadeEntry[], end: End = {}): Buffer<ArrayBuffer> {
  const parts: Buffer[] = [end.before ?? Buffer.alloc(0)];
  const directory: Buffer[] = [];
  let at = parts[0]!.length;
  for (const entry of entries) {
    const data = entry.data ?? (entry.deflated === true ? deflateRawSync(entry.content) : entry.content);
    const said = {
      name: entry.name,
      flags: 0,
      method: entry.deflated === true ? 8 : 0,
      crc: crc32(entry.content),
      packed: data.length,
      size: entry.content.length,
      extra: Buffer.alloc(0),
      ...entry.both,
    };
    if (entry.missing !== "central") directory.push(centralHeader({ start: at, ...said, ...entry.central }));
    if (entry.missing === "local") continue;
    const local = Buffer.concat([localHeader({ ...said, ...entry.local }), data, entry.after ?? Buffer.alloc(0)]);
    parts.push(local);
    at += local.length;
  }
  parts.push(end.between ?? Buffer.alloc(0));
  at += parts.at(-1)!.length;
  const central = Buffer.concat(directory);
  parts.push(central, end.beforeEnd ?? Buffer.alloc(0));
  const truth = { entries: directory.length, bytes: central.length, start: at };
  if (end.zip64 !== undefined) parts.push(end64(truth, at + central.length + (end.beforeEnd?.length ?? 0), end.zip64));
  parts.push(endRecord({ ...truth, ...end }), end.after ?? Buffer.alloc(0));
  return Buffer.concat(parts);
}

type Whole = Required<Omit<Said, "signature">> & { signature?: number };

function localHeader({ name, flags, method, crc, packed, size, extra, signature = 0x04034b50 }: Whole): Buffer {
  const header = Buffer.alloc(30);
  const text = Buffer.from(name as string, "latin1");
  header.writeUInt32LE(signature, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt16LE(method, 8);
  header.writeUInt32LE(crc >>> 0, 14);
  header.writeUInt32LE(packed, 18);
  header.writeUInt32LE(size, 22);
  header.writeUInt16LE(text.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, text, extra]);
}

function centralHeader(said: Whole & { start: number } & MadeEntry["central"]): Buffer {
  const { name, flags, method, crc, packed, size, extra, signature = 0x02014b50, comment = "" } = said;
  const header = Buffer.alloc(46);
  const text = Buffer.from(name as string, "latin1");
  header.writeUInt32LE(signature, 0);
  header.writeUInt16LE(said.madeBy ?? 20, 4);
  header.writeUInt16LE(20, 6);
  header.writeUInt16LE(flags, 8);
  header.writeUInt16LE(method, 10);
  header.writeUInt32LE(crc >>> 0, 16);
  header.writeUInt32LE(packed, 20);
  header.writeUInt32LE(size, 24);
  header.writeUInt16LE(text.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt16LE(comment.length, 32);
  header.writeUInt16LE(said.disk ?? 0, 34);
  header.writeUInt32LE(said.attributes ?? 0, 38);
  header.writeUInt32LE(said.start, 42);
  return Buffer.concat([header, text, extra, Buffer.from(comment)]);
}

function end64(
  truth: { entries: number; bytes: number; start: number },
  at: number,
  said: NonNullable<End["zip64"]>,
): Buffer {
  const bytes = Buffer.alloc(76);
  bytes.writeUInt32LE(0x06064b50, 0);
  bytes.writeBigUInt64LE(44n, 4);
  bytes.writeUInt32LE(said.disks ?? 0, 16);
  bytes.writeBigUInt64LE(said.onDisk ?? said.entries ?? BigInt(truth.entries), 24);
  bytes.writeBigUInt64LE(said.entries ?? BigInt(truth.entries), 32);
  bytes.writeBigUInt64LE(said.bytes ?? BigInt(truth.bytes), 40);
  bytes.writeBigUInt64LE(said.start ?? BigInt(truth.start), 48);
  bytes.writeUInt32LE(0x07064b50, 56);
  bytes.writeBigUInt64LE(said.locator ?? BigInt(at), 64);
  bytes.writeUInt32LE(1, 72);
  return bytes;
}

function endRecord({ entries = 0, bytes = 0, start = 0, disk = 0, comment = Buffer.alloc(0) }: End): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(disk, 4);
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(bytes, 12);
  record.writeUInt32LE(start, 16);
  record.writeUInt16LE(comment.length, 20);
  return Buffer.concat([record, comment]);
}

/** A ZIP64 field of these numbers. */
export function zip64Field(...numbers: bigint[]): Buffer {
  const field = Buffer.alloc(4 + 8 * numbers.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * numbers.length, 2);
  numbers.forEach((number, i) => field.writeBigUInt64LE(number, 4 + 8 * i));
  return field;
}

/** What follows a content whose sizes were not known before it. */
export function descriptor(crc: number, packed: number, size: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(crc >>> 0, 4);
  bytes.writeUInt32LE(packed, 8);
  bytes.writeUInt32LE(size, 12);
  return bytes;
}
