import { crc32, deflateRawSync } from "node:zlib";
import { MEDIUM, MEDIUM_ENTRY as MEDIA, withEntries } from "./good.ts";
import { file, type Hostile } from "./hostile.ts";
import { sha256 } from "./manifest-maker.ts";
import { descriptor, zip64Field } from "./zip-maker.ts";

const FULL = 0xffffffff;

function named(name: string): Hostile {
  return file(`an entry named ${JSON.stringify(name)}`, /./, /no name that an entry/, () =>
    withEntries((manifest, medium) => [manifest, medium, { name, content: Buffer.from("x") }]),
  );
}

/** Entries whose headers are not what they are. */
export const wrongEntries: readonly Hostile[] = [
  ...["Manifest.json", "./manifest.json", "manifest.json/", "/manifest.json", "manifest.json\0", "MANIFEST.JSON"].map(
    named,
  ),
  ...[
    "../x",
    "..\\x",
    "/abs",
    "C:\\x",
    "\\\\host\\x",
    "media/../../x",
    "media/./x",
    "media//x",
    "media/",
    "media/x",
  ].map(named),
  ...[`media/${"A".repeat(64)}`, `media/${"a".repeat(63)}`, `media/${"a".repeat(65)}`, `MEDIA/${"a".repeat(64)}`].map(
    named,
  ),
  ...["", "a\u0007b", "x".repeat(10_000), "caf\xe9", "nul", "media/con"].map(named),
  file("a name twice", MEDIA, /twice/, () => withEntries((a, b) => [a, b, b])),
  file("two manifests", "manifest.json", /twice/, () => withEntries((a, b) => [a, b, a])),
  file("no manifest", "manifest.json", /missing/, () => withEntries((_, b) => [b])),
  file("no local header", MEDIA, /local header/, () => withEntries((a, b) => [a, { ...b, missing: "local" }])),
  file("an entry that the directory has not", /./, /belong to no entry/, () =>
    withEntries((a, b) => [a, { ...b, missing: "central" }]),
  ),
  file("encrypted", MEDIA, /encrypted/, () => withEntries((a, b) => [a, { ...b, both: { flags: 1 } }])),
  file("strong encryption", MEDIA, /flags/, () => withEntries((a, b) => [a, { ...b, both: { flags: 1 << 6 } }])),
  file("a masked header", MEDIA, /flags/, () => withEntries((a, b) => [a, { ...b, both: { flags: 1 << 13 } }])),
  ...[1, 6, 9, 12, 14, 93, 99].map((method) =>
    file(`method ${method}`, MEDIA, /method/, () => withEntries((a, b) => [a, { ...b, both: { method } }])),
  ),
  file("another name inside", MEDIA, /another name/, () =>
    withEntries((a, b) => [a, { ...b, local: { name: `media/${"0".repeat(64)}` } }]),
  ),
  file("another method inside", MEDIA, /another method/, () =>
    withEntries((a, b) => [a, { ...b, local: { method: 8 } }]),
  ),
  file("other flags inside", MEDIA, /other flags/, () =>
    withEntries((a, b) => [a, { ...b, local: { flags: 1 << 11 } }]),
  ),
  file("another CRC inside", MEDIA, /CRC/, () => withEntries((a, b) => [a, { ...b, local: { crc: 1 } }])),
  file("another size inside", MEDIA, /sizes/, () => withEntries((a, b) => [a, { ...b, local: { size: 1 } }])),
  file("another packed size inside", MEDIA, /sizes/, () => withEntries((a, b) => [a, { ...b, local: { packed: 1 } }])),
  file("no signature inside", MEDIA, /local header/, () =>
    withEntries((a, b) => [a, { ...b, local: { signature: 7 } }]),
  ),
  file("no signature in the directory", "", /central directory/, () =>
    withEntries((a, b) => [a, { ...b, central: { signature: 7 } }]),
  ),
  file("two sizes of a stored entry", MEDIA, /two sizes/, () =>
    withEntries((a, b) => [a, { ...b, both: { size: 1 } }]),
  ),
  file("a wrong CRC", MEDIA, /does not match its CRC/, () => withEntries((a, b) => [a, { ...b, both: { crc: 1 } }])),
  file("a wrong CRC of the manifest", "manifest.json", /CRC/, () =>
    withEntries((a, b) => [{ ...a, both: { crc: 1 } }, b]),
  ),
  file("a smaller size than comes", "manifest.json", /more bytes than/, () =>
    withEntries((a, b) => [{ ...a, both: { size: 10 } }, b]),
  ),
  file("size 0 of what is not empty", "manifest.json", /more bytes than/, () =>
    withEntries((a, b) => [{ ...a, both: { size: 0 } }, b]),
  ),
  file("a larger size than comes", "manifest.json", /fewer bytes than/, () =>
    withEntries((a, b) => [{ ...a, both: { size: a.content.length + 1 } }, b]),
  ),
  file("what is no deflate", "manifest.json", /not deflated/, () =>
    withEntries((a, b) => [{ ...a, data: Buffer.alloc(100, 0xff) }, b]),
  ),
  file("deflate that is cut off", "manifest.json", /deflated|fewer/, () =>
    withEntries((a, b) => [{ ...a, data: deflateRawSync(a.content).subarray(0, -5) }, b]),
  ),
  file("deflate of nothing", "manifest.json", /cut off/, () =>
    withEntries((a, b) => [{ ...a, data: Buffer.alloc(0) }, b]),
  ),
  file("bytes after the deflate", "manifest.json", /bytes after its content/, () =>
    withEntries((a, b) => [{ ...a, data: Buffer.concat([deflateRawSync(a.content), Buffer.from("tail")]) }, b]),
  ),
  file("an overlap", "manifest.json", /overlaps/, () => withEntries((a, b) => [a, { ...b, central: { start: 60 } }])),
  file("one content for two entries", /./, /overlaps|belong to no entry|local header/, () =>
    withEntries((a, b) => [a, b, { ...b, name: `media/${"0".repeat(64)}`, missing: "local", central: { start: 10 } }]),
  ),
  file("an entry that begins beyond the file", /./, /belong to no entry/, () =>
    withEntries((a, b) => [a, { ...b, central: { start: 0xfffffff0 } }]),
  ),
  file("a comment of an entry", MEDIA, /comment/, () =>
    withEntries((a, b) => [a, { ...b, central: { comment: "hi" } }]),
  ),
  file("an entry on another disk", MEDIA, /another disk/, () =>
    withEntries((a, b) => [a, { ...b, central: { disk: 1 } }]),
  ),
  ...[0o120777, 0o040755, 0o020666, 0o060666, 0o010666, 0o140777, 0o104755, 0o102755].map((mode) =>
    file(`mode ${mode.toString(8)}`, MEDIA, /no plain file/, () =>
      withEntries((a, b) => [a, { ...b, central: { madeBy: (3 << 8) | 20, attributes: mode * 65_536 } }]),
    ),
  ),
  file("a folder by its attribute", MEDIA, /no plain file/, () =>
    withEntries((a, b) => [a, { ...b, central: { attributes: 0x10 } }]),
  ),
  file("made on a strange system", MEDIA, /no plain file/, () =>
    withEntries((a, b) => [a, { ...b, central: { madeBy: (7 << 8) | 20 } }]),
  ),
  file("an extra field that is cut off", MEDIA, /cut off/, () =>
    withEntries((a, b) => [a, { ...b, central: { extra: Buffer.from([1]) } }]),
  ),
  file("an extra field longer than all", MEDIA, /longer than/, () =>
    withEntries((a, b) => [a, { ...b, central: { extra: Buffer.from([0x0a, 0, 9, 0, 1]) } }]),
  ),
  file("an extra field twice", MEDIA, /twice/, () =>
    withEntries((a, b) => [a, { ...b, central: { extra: Buffer.from([9, 0, 0, 0, 9, 0, 0, 0]) } }]),
  ),
  file("a second name", MEDIA, /second name/, () =>
    withEntries((a, b) => [a, { ...b, central: { extra: Buffer.from([0x75, 0x70, 1, 0, 0]) } }]),
  ),
  file("large extra fields", MEDIA, /extra fields/, () =>
    withEntries((a, b) => [a, { ...b, central: { extra: Buffer.alloc(2000) } }]),
  ),
  file("a bad extra field inside", MEDIA, /longer than/, () =>
    withEntries((a, b) => [a, { ...b, local: { extra: Buffer.from([0x0a, 0, 9, 0, 1]) } }]),
  ),
  file("ZIP64 for nothing", MEDIA, /ZIP64/, () =>
    withEntries((a, b) => [a, { ...b, central: { extra: zip64Field(1n) } }]),
  ),
  file("ZIP64 that is not there", MEDIA, /ZIP64/, () => withEntries((a, b) => [a, { ...b, central: { size: FULL } }])),
  file("ZIP64 of another size", MEDIA, /sizes/, () =>
    withEntries((a, b) => [a, { ...b, central: { size: FULL, packed: FULL, extra: zip64Field(5n, 5n) } }]),
  ),
  file("ZIP64 of a size that no file reaches", MEDIA, /no file reaches/, () =>
    withEntries((a, b) => [
      a,
      { ...b, central: { size: FULL, packed: FULL, extra: zip64Field(2n ** 63n, 2n ** 63n) } },
    ]),
  ),
  file("ZIP64 beyond the file", MEDIA, /overlaps/, () =>
    withEntries((a, b) => [
      a,
      { ...b, central: { size: FULL, packed: FULL, extra: zip64Field(2n ** 40n, 2n ** 40n) } },
    ]),
  ),
  file("ZIP64 inside for nothing", MEDIA, /ZIP64/, () =>
    withEntries((a, b) => [a, { ...b, local: { extra: zip64Field(1n, 1n) } }]),
  ),
  file("a descriptor that is not there", MEDIA, /not followed by/, () =>
    withEntries((a, b) => [a, { ...b, both: { flags: 8 }, local: { crc: 0, packed: 0, size: 0 } }]),
  ),
  file("sizes inside, and a descriptor", MEDIA, /though they follow/, () =>
    withEntries((a, b) => [
      a,
      { ...b, both: { flags: 8 }, after: descriptor(crc32(MEDIUM), MEDIUM.length, MEDIUM.length) },
    ]),
  ),
  file("a descriptor of another CRC", MEDIA, /another CRC/, () =>
    withEntries((a, b) => [
      a,
      {
        ...b,
        both: { flags: 8 },
        local: { crc: 0, packed: 0, size: 0 },
        after: descriptor(1, MEDIUM.length, MEDIUM.length),
      },
    ]),
  ),
  file("a descriptor of another size", MEDIA, /other sizes/, () =>
    withEntries((a, b) => [
      a,
      {
        ...b,
        both: { flags: 8 },
        local: { crc: 0, packed: 0, size: 0 },
        after: descriptor(crc32(MEDIUM), 1, MEDIUM.length),
      },
    ]),
  ),
  file("media with another content", MEDIA, /SHA-256/, () => {
    const content = Buffer.from(MEDIUM.toString().replace("file", "pile"));
    return withEntries((a, b) => [a, { ...b, content }]);
  }),
  file("media of another size", MEDIA, /another size/, () =>
    withEntries((a, b) => [a, { ...b, content: Buffer.from("short") }]),
  ),
  file("media that is missing", MEDIA, /missing/, () => withEntries((a) => [a])),
  file("media that nothing names", `media/${sha256("x")}`, /not in the manifest/, () =>
    withEntries((a, b) => [a, b, { name: `media/${sha256("x")}`, content: Buffer.from("x") }]),
  ),
];
