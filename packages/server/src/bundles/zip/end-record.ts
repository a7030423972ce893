import { BundleFault } from "@stairwell/protocol/bundle";
import type { FileWindow } from "./file-window.ts";
import { FULL_16, FULL_32, readUint64 } from "./numbers.ts";

/** Where the central directory lies: it ends where the end records begin. */
export interface Directory {
  readonly entries: number;
  readonly start: number;
  readonly end: number;
}

const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;

/**
 * Reads the records that end a ZIP (APPNOTE 4.3.14 to 4.3.16). A bundle has no comment, nothing after them, and one
 * disk; a ZIP64 record stands there when, and only when, a number needs it.
 */
export async function readEnd(window: FileWindow, size: number): Promise<Directory> {
  const at = size - END_BYTES;
  const end = at < 0 ? undefined : await window.read(at, END_BYTES);
  if (end === undefined || end.readUInt32LE(0) !== 0x06054b50) {
    throw new BundleFault("", "does not end as a ZIP file does: it is none, is truncated, or has something after it");
  }
  if (end.readUInt16LE(20) !== 0) throw new BundleFault("", "has a comment");
  const counts = [end.readUInt16LE(8), end.readUInt16LE(10)] as const;
  const bytes = end.readUInt32LE(12);
  const start = end.readUInt32LE(16);
  const disks = [end.readUInt16LE(4), end.readUInt16LE(6)];
  const isLarge = counts.includes(FULL_16) || bytes === FULL_32 || start === FULL_32;
  const said = isLarge ? await readEnd64(window, at) : { counts, bytes, start, disks, at };
  if (said.disks.some((disk) => disk !== 0)) throw new BundleFault("", "is one of several disks");
  if (said.counts[0] !== said.counts[1]) throw new BundleFault("", "does not know how many entries it has");
  for (const [small, large] of [
    [counts[0], said.counts[0]],
    [counts[1], said.counts[1]],
  ] as const) {
    if (small !== FULL_16 && small !== large) throw new BundleFault("", "has two end records that differ");
  }
  if ((bytes !== FULL_32 && bytes !== said.bytes) || (start !== FULL_32 && start !== said.start)) {
    throw new BundleFault("", "has two end records that differ");
  }
  if (said.start + said.bytes !== said.at) {
    throw new BundleFault("", "has its central directory elsewhere than right before its end");
  }
  return { entries: said.counts[0], start: said.start, end: said.at };
}

async function readEnd64(window: FileWindow, end: number) {
  const at = end - LOCATOR_BYTES - END64_BYTES;
  const records = at < 0 ? undefined : await window.read(at, END64_BYTES + LOCATOR_BYTES);
  const locator = records?.subarray(END64_BYTES);
  if (records === undefined || locator!.readUInt32LE(0) !== 0x07064b50 || records.readUInt32LE(0) !== 0x06064b50) {
    throw new BundleFault("", "has no ZIP64 end record where one is due");
  }
  const isPlaced = readUint64(locator!, 8) === at && readUint64(records, 4) === END64_BYTES - 12;
  if (!isPlaced || locator!.readUInt32LE(4) !== 0 || locator!.readUInt32LE(16) !== 1) {
    throw new BundleFault("", "has a ZIP64 end record that is not what its locator says");
  }
  const [onDisk, entries, bytes, start] = [24, 32, 40, 48].map((field) => readUint64(records, field));
  if (onDisk === undefined || entries === undefined || bytes === undefined || start === undefined) {
    throw new BundleFault("", "has numbers in its ZIP64 end record that no file reaches");
  }
  const disks = [records.readUInt32LE(16), records.readUInt32LE(20)];
  return { counts: [onDisk, entries] as const, bytes, start, disks, at };
}
