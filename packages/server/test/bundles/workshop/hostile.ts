import { crc32, deflateRawSync } from "node:zlib";
import { goodBundle, goodEntries, MEDIUM, MEDIUM_ENTRY, withEntries } from "./good.ts";
import { ALICE, type Loose, makeManifest, type MadeEvent, sha256 } from "./manifest-maker.ts";
import { descriptor, makeZip, zip64Field } from "./zip-maker.ts";

/** A bundle that must be refused, with what the refusal says. */
export interface Hostile {
  readonly what: string;
  readonly bytes: () => Buffer<ArrayBuffer>;
  readonly entry: string | RegExp;
  readonly reason: RegExp;
  readonly code?: "SW_BUNDLE_INVALID" | "SW_BUNDLE_TOO_LARGE" | "SW_ROOM_IMPORT_REFUSED";
}

const FULL = 0xffffffff;
const MEDIA = MEDIUM_ENTRY;

function file(
  what: string,
  entry: string | RegExp,
  reason: RegExp,
  bytes: () => Buffer<ArrayBuffer>,
  code?: Hostile["code"],
): Hostile {
  return { what, entry, reason, bytes, ...(code && { code }) };
}

/** A manifest that is wrong: changed in place, or another in its place. */
function spoilt(what: string, reason: RegExp, spoil: (manifest: Loose) => unknown, code?: Hostile["code"]): Hostile {
  const spoiling = (manifest: Loose): unknown => {
    const made = spoil(manifest);
    return typeof made === "string" || (typeof made === "object" && made !== null && "format" in made)
      ? made
      : manifest;
  };
  return file(what, "manifest.json", reason, () => goodBundle(spoiling), code);
}

function named(name: string): Hostile {
  return file(`an entry named ${JSON.stringify(name)}`, /./, /no name that an entry/, () =>
    withEntries((manifest, medium) => [manifest, medium, { name, content: Buffer.from("x") }]),
  );
}

/** Files that are no ZIP, or one with something about it that no bundle has. */
export const wrongFiles: readonly Hostile[] = [
  file("nothing at all", "", /does not end as a ZIP/, () => Buffer.alloc(0)),
  file("a text", "", /does not end as a ZIP/, () => Buffer.from("this is no bundle")),
  file("an empty ZIP", "manifest.json", /missing/, () => makeZip([])),
  file("bytes before", "", /does not begin with its first entry|elsewhere/, () =>
    goodBundle(undefined, { before: Buffer.from("x") }),
  ),
  file("bytes after", "", /does not end as a ZIP/, () => goodBundle(undefined, { after: Buffer.from("x") })),
  file("a comment", "", /does not end as a ZIP|comment/, () => goodBundle(undefined, { comment: Buffer.from("hi") })),
  file("bytes between", MEDIA, /belong to no entry/, () => goodBundle(undefined, { between: Buffer.from("x") })),
  file("bytes after the directory", "", /elsewhere/, () => goodBundle(undefined, { beforeEnd: Buffer.from("x") })),
  file("another disk", "", /several disks/, () => goodBundle(undefined, { disk: 1 })),
  file("more entries said", "", /entries in its central/, () => goodBundle(undefined, { entries: 3 })),
  file("fewer entries said", "", /more in its central/, () => goodBundle(undefined, { entries: 1 })),
  file(
    "too many entries",
    "",
    /more than 100001/,
    () => goodBundle(undefined, { entries: 0xffff, zip64: { entries: 2n ** 32n } }),
    "SW_BUNDLE_TOO_LARGE",
  ),
  file("entries that no file reaches", "", /no file reaches/, () =>
    goodBundle(undefined, { entries: 0xffff, zip64: { entries: 2n ** 63n } }),
  ),
  file("a directory that no file reaches", "", /no file reaches/, () =>
    goodBundle(undefined, { start: FULL, zip64: { start: 2n ** 63n } }),
  ),
  file("ZIP64 said and not there", "", /no ZIP64 end record/, () => goodBundle(undefined, { entries: 0xffff })),
  file("ZIP64 and nothing that needs it", "", /elsewhere/, () => goodBundle(undefined, { zip64: {} })),
  file("two end records that differ", "", /differ/, () =>
    goodBundle(undefined, { entries: 0xffff, zip64: { bytes: 1n } }),
  ),
  file("a locator that leads elsewhere", "", /locator/, () =>
    goodBundle(undefined, { entries: 0xffff, zip64: { locator: 0n } }),
  ),
  file("ZIP64 disks", "", /several disks/, () => goodBundle(undefined, { entries: 0xffff, zip64: { disks: 1 } })),
  file("ZIP64 counts that differ", "", /how many entries/, () =>
    goodBundle(undefined, { entries: 0xffff, zip64: { entries: 2n, onDisk: 1n } }),
  ),
];

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

/** Manifests of every wrong shape. */
export const wrongManifests: readonly Hostile[] = [
  ...["", "[]", "null", '"x"', "{", "{}", '{"format"', "\ufeff{}", "{}{}", "nonsense"].map((text) =>
    spoilt(`the manifest ${JSON.stringify(text)}`, /./, () => text || " "),
  ),
  spoilt("a key too many at the end", /not a known key|end/, (m) => JSON.stringify(m).slice(0, -1) + ',"more":1}'),
  spoilt("an unknown key", /known key/, (m) => JSON.stringify(m).replace('"room":', '"rooms":')),
  spoilt("a key twice", /out of order/, (m) =>
    JSON.stringify(m).replace('"version":1', '"format":"stairwell.room-bundle","version":1'),
  ),
  spoilt("keys in another order", /out of order/, ({ format, version, ...rest }) =>
    JSON.stringify({ version, format, ...rest }),
  ),
  spoilt("a key twice in the room", /twice/, (m) =>
    JSON.stringify(m).replace('"room_type":"group"', '"room_type":"group","room_type":"group"'),
  ),
  spoilt("__proto__", /not an allowed key|known key/, (m) =>
    JSON.stringify(m).replace('"room_type":', '"__proto__":{},"room_type":'),
  ),
  ...[0, 2, 2 ** 31, "1", null, 1.5].map((version) =>
    spoilt(`version ${JSON.stringify(version)}`, /must be/, (m) => void (m.version = version)),
  ),
  ...["stairwell", "", null, 1].map((format) =>
    spoilt(`format ${JSON.stringify(format)}`, /must be/, (m) => void (m.format = format)),
  ),
  ...["room", "people", "members", "media", "events", "omitted", "counts"].flatMap((key) => [
    spoilt(`no ${key}`, /./, (m) => void delete m[key]),
    ...[null, 1, "x", true, {}, [1]].map((value) =>
      spoilt(`${key} ${JSON.stringify(value)}`, /./, (m) => void (m[key] = value)),
    ),
  ]),
  ...[
    "id",
    "room_type",
    "scope_kind",
    "name",
    "topic",
    "is_public",
    "created_at",
    "creator",
    "state",
    "head",
    "head_hash",
  ].map((key) => spoilt(`a room without ${key}`, /missing/, (m) => void delete m.room[key])),
  spoilt("a room with more", /known key/, (m) => void (m.room.power = 100)),
  spoilt("a room type that is none", /must be/, (m) => void (m.room.room_type = "secret")),
  spoilt("a group without a name", /missing/, (m) => void (m.room.name = null)),
  spoilt("a name of nothing to see", /nothing to see/, (m) => void (m.room.name = "\u200d\u200d")),
  spoilt("a name with an override", /control, invisible/, (m) => void (m.room.name = "a\u202eb")),
  spoilt("a public room that is not public", /type/, (m) => void (m.room.room_type = "public")),
  spoilt("a head that is not there", /head is 99/, (m) => void (m.room.head = 99)),
  spoilt("another head_hash", /last event/, (m) => void (m.room.head_hash = "0".repeat(64))),
  spoilt("a person twice", /twice/, (m) => void m.people.push(m.people[0])),
  spoilt("a person who is none", /FQID/, (m) => void (m.people[0].fqid = "alice")),
  spoilt("a member who is no person", /not among the people/, (m) => void (m.members[0].fqid = "@eve:far.example")),
  spoilt("power beyond all", /must be/, (m) => void (m.members[0].power_level = 1000)),
  spoilt("media twice", /twice/, (m) => void m.media.push(m.media[0])),
  spoilt(
    "media that no event names",
    /no event names/,
    (m) => void m.media.push({ ...m.media[0], sha256: "0".repeat(64) }),
  ),
  spoilt("media that is not listed", /not there/, (m) => void (m.media = [])),
  spoilt("events in another order", /position/, (m) => void m.events.reverse()),
  spoilt("an event twice", /position/, (m) => void m.events.splice(3, 0, m.events[2])),
  spoilt("an event left out", /position/, (m) => void m.events.splice(3, 1)),
  spoilt("an event of another room", /another room/, (m) => void (m.events[2].envelope.room_id = "room-other")),
  spoilt("a body that was changed", /content_hash/, (m) => void (m.events[2].content.body = "forged")),
  spoilt("a salt that was changed", /content_hash/, (m) => void (m.events[2].salt = "B".repeat(22))),
  spoilt("no salt", /without salt/, (m) => void delete m.events[2].salt),
  spoilt("a time that was changed", /hash/, (m) => void (m.events[2].envelope.origin_ts += 1)),
  spoilt("another sender", /hash/, (m) => void (m.events[2].envelope.sender = "@bob:far.example")),
  spoilt("another hash before", /chain/, (m) => void (m.events[2].envelope.prev_hash = "1".repeat(64))),
  spoilt("a hash that was changed", /hash/, (m) => void (m.events[2].hash = "1".repeat(64))),
  spoilt("an event with more", /known key/, (m) => void (m.events[2].trusted = true)),
  spoilt("an envelope with more", /known key/, (m) => void (m.events[2].envelope.power = 100)),
  spoilt("an envelope of another version", /must be/, (m) => void (m.events[2].envelope.v = 2)),
  file("two events of one id", "manifest.json", /one id/, () =>
    manifestAlone(makeManifest([1, 2].map((n) => said({ body: `${n}` }, "evt-same")))),
  ),
  spoilt("a sender who is no person", /not among the people/, (m) => void m.people.splice(1, 1)),
  spoilt("other counts", /counted/, (m) => void (m.counts.events += 1)),
  spoilt("other counts by type", /counted/, (m) => void (m.counts.by_type["swp.room.message"] = 1)),
  spoilt("more omitted", /counted/, (m) => void (m.omitted[0].count = 7)),
  spoilt("nothing omitted", /counted/, (m) => void (m.omitted = [])),
  spoilt("a signature of another kind", /must be/, (m) => void (m.signature = { key_id: "x", alg: "rsa", value: "" })),
  spoilt("a lone surrogate", /surrogate|UTF-8/, (m) => JSON.stringify(m).replace('"Kitchen"', '"\\ud800"')),
  spoilt("nested content", /nested/, (m) =>
    JSON.stringify(m).replace('"body":"hello",', `"body":${"[".repeat(1000)}${"]".repeat(1000)},`),
  ),
  spoilt("a value of 2 MiB", /bytes|unpacks/, (m) => void (m.room.topic = "x".repeat(2 ** 21)), "SW_BUNDLE_TOO_LARGE"),
  spoilt(
    "a content of more than 64 KiB",
    /larger than/,
    () => makeManifest([{ type: "swp.room.message", content: { body: "x".repeat(70_000) } }]),
    "SW_BUNDLE_TOO_LARGE",
  ),
  spoilt("an incognito room", /incognito/, (m) => void (m.room.scope_kind = "incognito"), "SW_ROOM_IMPORT_REFUSED"),
  spoilt(
    "a room of type incognito",
    /incognito/,
    (m) => void (m.room.room_type = "incognito"),
    "SW_ROOM_IMPORT_REFUSED",
  ),
  file("bytes that are no UTF-8", "manifest.json", /UTF-8/, () => {
    const [manifest, medium] = goodEntries();
    const content = Buffer.from(manifest!.content);
    content[content.indexOf("Kitchen")] = 0xff;
    return makeZip([{ ...manifest!, content }, medium!]);
  }),
];

function said(content: MadeEvent["content"], id?: string): MadeEvent {
  return { type: "swp.room.message", content, ...(id !== undefined && { id }) };
}

function manifestAlone(manifest: Loose): Buffer<ArrayBuffer> {
  return makeZip([{ name: "manifest.json", content: Buffer.from(JSON.stringify(manifest)), deflated: true }]);
}

/** Much that comes of little. */
export const bombs: readonly Hostile[] = [
  file(
    "a manifest of spaces",
    "manifest.json",
    /unpacks to more/,
    () => bomb(Buffer.alloc(48 * 2 ** 20, " ")),
    "SW_BUNDLE_TOO_LARGE",
  ),
  file(
    "a manifest of one string",
    "manifest.json",
    /bytes|unpacks/,
    () => bomb(Buffer.concat([Buffer.from('{"format":"'), Buffer.alloc(48 * 2 ** 20, "x")])),
    "SW_BUNDLE_TOO_LARGE",
  ),
  file(
    "a manifest of brackets",
    "manifest.json",
    /unpacks|bytes/,
    () => bomb(Buffer.concat([Buffer.from('{"format":'), Buffer.alloc(2 ** 22, "[")])),
    "SW_BUNDLE_TOO_LARGE",
  ),
  file(
    "media of zeros",
    /media/,
    /another size|unpacks/,
    () => {
      const zeros = Buffer.alloc(32 * 2 ** 20);
      const record = { sha256: sha256(zeros), size: zeros.length, mime_type: "text/plain", name: "a" };
      const manifest = makeManifest(
        [{ type: "swp.room.message", content: { media_id: record }, sender: ALICE }],
        [zeros],
      );
      return makeZip([
        { name: "manifest.json", content: Buffer.from(JSON.stringify(manifest)), deflated: true },
        { name: `media/${sha256(zeros)}`, content: zeros, deflated: true },
      ]);
    },
    "SW_BUNDLE_TOO_LARGE",
  ),
];

function bomb(content: Buffer): Buffer<ArrayBuffer> {
  return makeZip([{ name: "manifest.json", content, deflated: true }]);
}
