import { goodBundle, goodEntries } from "./good.ts";
import { file, type Hostile } from "./hostile.ts";
import { type Loose, makeManifest, type MadeEvent } from "./manifest-maker.ts";
import { makeZip } from "./zip-maker.ts";

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
  file("a time that no calendar has", "manifest.json", /at most 8640000000000000/, () =>
    manifestAlone(makeManifest([{ ...said({ body: "x" }), originTs: 8_640_000_000_000_001 }])),
  ),
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
