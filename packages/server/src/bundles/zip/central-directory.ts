import { BundleFault } from "@stairwell/protocol/bundle";
import type { Directory } from "./end-record.ts";
import { readExtraFields } from "./extra-fields.ts";
import type { FileWindow } from "./file-window.ts";
import { FULL_16, FULL_32, readUint64 } from "./numbers.ts";

/** An entry as the central directory has it. */
export interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: 0 | 8;
  readonly crc: number;
  /** Bytes in the file, and bytes it is said to give. */
  readonly packed: number;
  readonly size: number;
  /** Where its local header is. */
  readonly start: number;
}

const HEADER_BYTES = 46;
/** Nothing that a bundle needs takes more. */
const MOST_EXTRA = 1024;
const LEGAL = /^(?:manifest\.json|media\/[0-9a-f]{64})$/;
const LONGEST_NAME = "media/".length + 64;
/** The size and CRC follow the content. */
export const FLAG_DESCRIPTOR = 1 << 3;
/** How hard deflate tried (bits 1 and 2), the descriptor, and that names are UTF-8; nothing else. */
const LEGAL_FLAGS = 0b110 | FLAG_DESCRIPTOR | (1 << 11);

/** Reads the central directory. Of each entry it checks what can be known without looking at the entry itself. */
export async function readDirectory(window: FileWindow, directory: Directory): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  let at = directory.start;
  for (let i = 0; i < directory.entries; i++) {
    const header = at + HEADER_BYTES > directory.end ? undefined : await window.read(at, HEADER_BYTES);
    if (header === undefined || header.readUInt32LE(0) !== 0x02014b50) {
      throw new BundleFault("", `has ${i} entries in its central directory, ${directory.entries} are said to be there`);
    }
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => header.readUInt16LE(field));
    const fixed = Buffer.from(header);
    const name = await readName(window, at + HEADER_BYTES, nameBytes!);
    if (entries.has(name)) throw new BundleFault(name, "is there twice");
    if (commentBytes !== 0) throw new BundleFault(name, "has a comment");
    if (extraBytes! > MOST_EXTRA) throw new BundleFault(name, `has more than ${MOST_EXTRA} bytes of extra fields`);
    const end = at + HEADER_BYTES + nameBytes! + extraBytes!;
    const extra = end > directory.end ? undefined : await window.read(end - extraBytes!, extraBytes!);
    if (extra === undefined) throw new BundleFault(name, "has a header that is cut off");
    entries.set(name, toEntry(name, fixed, extra));
    at = end;
  }
  if (at !== directory.end) throw new BundleFault("", "has more in its central directory than its entries");
  return entries;
}

async function readName(window: FileWindow, at: number, bytes: number): Promise<string> {
  const name = (await window.read(at, Math.min(bytes, LONGEST_NAME)))?.toString("latin1") ?? "";
  if (bytes > LONGEST_NAME || !LEGAL.test(name)) {
    throw new BundleFault(printable(name), "is no name that an entry of a bundle has");
  }
  return name;
}

/** A name for people to read, whatever bytes it is made of. */
function printable(name: string): string {
  return name.replaceAll(/[^\x20-\x7e]/g, "?");
}

function toEntry(name: string, header: Buffer, extra: Buffer): Entry {
  const flags = header.readUInt16LE(8);
  const method = header.readUInt16LE(10);
  if ((flags & 1) !== 0) throw new BundleFault(name, "is encrypted");
  if ((flags & ~LEGAL_FLAGS) !== 0) throw new BundleFault(name, "has flags that no entry of a bundle has");
  if (method !== 0 && method !== 8)
    throw new BundleFault(name, `is packed by method ${method}, not stored or deflated`);
  if (header.readUInt16LE(34) !== 0) throw new BundleFault(name, "is said to be on another disk");
  checkKind(name, header);
  const { packed, size, start } = readSizes(name, header, extra);
  if (method === 0 && packed !== size) throw new BundleFault(name, "is stored, and has two sizes");
  return { name, flags, method, crc: header.readUInt32LE(16), packed, size, start };
}

/** A plain file: no folder, link or device, and nothing that runs with another's rights. */
function checkKind(name: string, header: Buffer): void {
  const madeOn = header.readUInt8(5);
  const attributes = header.readUInt32LE(38);
  const mode = attributes >>> 16;
  const isPlain = (mode >>> 12 === 0 || mode >>> 12 === 8) && (mode & 0o7000) === 0 && (attributes & 0x10) === 0;
  if (!isPlain || (madeOn !== 0 && madeOn !== 3)) throw new BundleFault(name, "is no plain file");
}

function readSizes(name: string, header: Buffer, extra: Buffer): Pick<Entry, "packed" | "size" | "start"> {
  const fields = readExtraFields(extra);
  if ("reason" in fields) throw new BundleFault(name, fields.reason);
  const small = [24, 20, 42].map((field) => header.readUInt32LE(field));
  const needed = small.filter((value) => value === FULL_32).length;
  if ((fields.zip64?.length ?? 0) !== needed * 8 || header.readUInt16LE(34) === FULL_16) {
    throw new BundleFault(name, "has a ZIP64 field that is not for the numbers that need one");
  }
  let at = 0;
  const [size, packed, start] = small.map((value) =>
    value === FULL_32 ? readUint64(fields.zip64!, (at += 8) - 8) : value,
  );
  if (size === undefined || packed === undefined || start === undefined) {
    throw new BundleFault(name, "has sizes that no file reaches");
  }
  return { size, packed, start };
}
