import { inflateRawSync } from "node:zlib";

type Field = readonly [from: number, to: number, what: string];

/** Fields of headers that say nothing of a room, from the header's beginning on. */
const LOCAL: readonly Field[] = [
  [4, 6, "version needed"],
  [10, 14, "time of the entry"],
];
const CENTRAL: readonly Field[] = [
  [4, 5, "version of the maker"],
  [5, 6, "system of the maker"],
  [6, 8, "version needed"],
  [12, 16, "time of the entry"],
  [36, 38, "whether it is a text"],
  [38, 42, "attributes"],
];
const EXTRA = "extra field";
/** Of these some values are refused: no plain file, fields that do not end where they should. */
const MAY_BE_REFUSED = new Set(["attributes", "system of the maker", EXTRA]);
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const DEFLATED = 8;

/**
 * Why a right bundle says the same with one bit flipped, if it does: the bit is of a header's field on which no room
 * hangs, or of a deflated content that unpacks to the same bytes all the same. A content can be deflated in many ways:
 * where the same text stands twice before, a copy of it may be told to come from either place, and what fills the last
 * byte after the end is free (RFC 1951, section 3.2). No reader could tell such a file from the first.
 */
export function meaninglessAt(bundle: Buffer, at: number, bit: number): string | undefined {
  for (let start = bundle.readUInt32LE(bundle.length - END_BYTES + 16); isHeader(bundle, start);) {
    const entry = entryAt(bundle, start);
    const said = fieldAt(CENTRAL, at - start) ?? fieldAt(LOCAL, at - entry.local);
    if (said !== undefined) return said;
    if (at >= entry.extra && at < entry.next) return EXTRA;
    if (entry.isDeflated && at >= entry.from && at < entry.to) {
      return unpacksTheSame(bundle.subarray(entry.from, entry.to), at - entry.from, bit)
        ? "another way to deflate the same"
        : undefined;
    }
    start = entry.next;
  }
  return undefined;
}

/** Whether a reader may refuse a bundle for another value of what is there, though it means nothing. */
export function mayBeRefused(why: string): boolean {
  return MAY_BE_REFUSED.has(why);
}

function isHeader(bundle: Buffer, start: number): boolean {
  return bundle.readUInt32LE(start) === 0x02014b50;
}

function fieldAt(fields: readonly Field[], at: number): string | undefined {
  return fields.find(([from, to]) => at >= from && at < to)?.[2];
}

function entryAt(bundle: Buffer, start: number) {
  const local = bundle.readUInt32LE(start + 42);
  const from = local + LOCAL_BYTES + bundle.readUInt16LE(local + 26) + bundle.readUInt16LE(local + 28);
  const texts = [28, 30, 32].reduce((sum, field) => sum + bundle.readUInt16LE(start + field), 0);
  return {
    local,
    from,
    to: from + bundle.readUInt32LE(start + 20),
    isDeflated: bundle.readUInt16LE(start + 10) === DEFLATED,
    extra: start + CENTRAL_BYTES + bundle.readUInt16LE(start + 28),
    next: start + CENTRAL_BYTES + texts,
  };
}

function unpacksTheSame(packed: Buffer, at: number, bit: number): boolean {
  const flipped = Buffer.from(packed);
  flipped[at]! ^= 1 << bit;
  try {
    // All of it is used, and nothing else comes of it.
    const { buffer, engine } = inflateRawSync(flipped, { info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return engine.bytesWritten === packed.length && buffer.equals(inflateRawSync(packed));
  } catch {
    return false;
  }
}
