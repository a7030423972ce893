import { BundleFault } from "@stairwell/protocol/bundle";
import { type Entry, FLAG_DESCRIPTOR } from "./central-directory.ts";
import { readExtraFields } from "./extra-fields.ts";
import type { FileWindow } from "./file-window.ts";
import { FULL_32, readUint64 } from "./numbers.ts";

const HEADER_BYTES = 30;

/** Where an entry's bytes lie; what follows them, up to the next entry, was checked. */
export interface Placed {
  readonly entry: Entry;
  readonly dataStart: number;
}

/**
 * Holds an entry's local header, and what follows its content, against the central directory. `end` is where the next
 * entry begins: between two entries there is nothing.
 */
export async function placeEntry(window: FileWindow, entry: Entry, end: number): Promise<Placed> {
  const { name } = entry;
  const header = await window.read(entry.start, HEADER_BYTES);
  if (header === undefined || entry.start + HEADER_BYTES > end || header.readUInt32LE(0) !== 0x04034b50) {
    throw new BundleFault(name, "has no local header where one is due");
  }
  const fixed = Buffer.from(header);
  const nameBytes = fixed.readUInt16LE(26);
  const dataStart = entry.start + HEADER_BYTES + nameBytes + fixed.readUInt16LE(28);
  if (dataStart + entry.packed > end) throw new BundleFault(name, "overlaps what follows it");
  const texts = (await window.read(entry.start + HEADER_BYTES, dataStart - entry.start - HEADER_BYTES))!;
  if (texts.toString("latin1", 0, nameBytes) !== name) {
    throw new BundleFault(name, "has another name in its local header");
  }
  if (fixed.readUInt16LE(6) !== entry.flags || fixed.readUInt16LE(8) !== entry.method) {
    throw new BundleFault(name, "has other flags or another method in its local header");
  }
  checkNumbers(entry, fixed, texts.subarray(nameBytes));
  await checkDescriptor(window, entry, dataStart + entry.packed, end);
  return { entry, dataStart };
}

function checkNumbers(entry: Entry, header: Buffer, extra: Buffer): void {
  const fields = readExtraFields(extra);
  if ("reason" in fields) throw new BundleFault(entry.name, fields.reason);
  const [crc, packed, size] = [14, 18, 22].map((field) => header.readUInt32LE(field));
  if ((entry.flags & FLAG_DESCRIPTOR) !== 0) {
    if (crc === 0 && packed === 0 && size === 0 && fields.zip64 === undefined) return;
    throw new BundleFault(entry.name, "has a CRC or sizes in its local header, though they follow its content");
  }
  const isLarge = packed === FULL_32 || size === FULL_32;
  if (isLarge !== (fields.zip64 !== undefined) || (isLarge && fields.zip64!.length !== 16)) {
    throw new BundleFault(entry.name, "has a ZIP64 field in its local header that is not for its sizes");
  }
  const said = isLarge
    ? { size: readUint64(fields.zip64!, 0), packed: readUint64(fields.zip64!, 8) }
    : { size, packed };
  if (crc === entry.crc && said.packed === entry.packed && said.size === entry.size) return;
  throw new BundleFault(entry.name, "has another CRC or other sizes in its local header");
}

/** With or without a signature, with sizes of four bytes or eight: its length tells which. */
async function checkDescriptor(window: FileWindow, entry: Entry, at: number, end: number): Promise<void> {
  const length = end - at;
  if ((entry.flags & FLAG_DESCRIPTOR) === 0) {
    if (length === 0) return;
    throw new BundleFault(entry.name, "is followed by bytes that belong to no entry");
  }
  const bytes = [12, 16, 20, 24].includes(length) ? await window.read(at, length) : undefined;
  if (bytes === undefined) throw new BundleFault(entry.name, "is not followed by its CRC and sizes alone");
  const isSigned = length === 16 || length === 24;
  const numbers = isSigned ? bytes.subarray(4) : bytes;
  const [packed, size] =
    numbers.length === 12
      ? [numbers.readUInt32LE(4), numbers.readUInt32LE(8)]
      : [readUint64(numbers, 4), readUint64(numbers, 12)];
  const isMarked = !isSigned || bytes.readUInt32LE(0) === 0x08074b50;
  if (isMarked && numbers.readUInt32LE(0) === entry.crc && packed === entry.packed && size === entry.size) return;
  throw new BundleFault(entry.name, "is followed by another CRC or other sizes than the central directory has");
}
