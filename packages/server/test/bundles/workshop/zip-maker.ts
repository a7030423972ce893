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

function localHeader(said: Whole): Buffer {
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(said.signature ?? 0x04034b50, 0);
  return Buffer.concat([signature, sharedFields(said), nameOf(said), said.extra]);
}

function centralHeader(said: Whole & { start: number } & MadeEntry["central"]): Buffer {
  const { extra, signature = 0x02014b50, comment = "" } = said;
  const before = Buffer.alloc(6);
  before.writeUInt32LE(signature, 0);
  before.writeUInt16LE(said.madeBy ?? 20, 4);
  const after = Buffer.alloc(14);
  after.writeUInt16LE(comment.length, 0);
  after.writeUInt16LE(said.disk ?? 0, 2);
  after.writeUInt32LE(said.attributes ?? 0, 6);
  after.writeUInt32LE(said.start, 10);
  return Buffer.concat([before, sharedFields(said), after, nameOf(said), extra, Buffer.from(comment)]);
}

/** What both headers of an entry have, in one order: from the version that is needed to the length of the extra field. */
function sharedFields(said: Whole): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(said.flags, 2);
  fields.writeUInt16LE(said.method, 4);
  fields.writeUInt32LE(said.crc >>> 0, 10);
  fields.writeUInt32LE(said.packed, 14);
  fields.writeUInt32LE(said.size, 18);
  fields.writeUInt16LE(nameOf(said).length, 22);
  fields.writeUInt16LE(said.extra.length, 24);
  return fields;
}

function nameOf({ name }: Whole): Buffer {
  return Buffer.from(name as string, "latin1");
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
