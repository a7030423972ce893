import assert from "node:assert/strict";
import { test } from "node:test";
import { checkManifest, HEAD, LOG, manifestOf, sha256 } from "../../test/bundle.ts";
import { canonical } from "../canonical.ts";
import { envelopeText } from "../hash.ts";
import type { EventId } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import { BundleFault } from "./index.ts";

test("a manifest is the same whatever the chunks it comes in, and its signed bytes end with its counts", () => {
  const text = manifestOf();
  const signed = sha256(text.slice(0, -1));
  for (const chunk of [1, 2, 3, 7, 64, 1000, 65_536, 10_000_000]) {
    const { check, signed: found } = checkManifest(text, chunk);
    assert.equal(found, signed);
    assert.equal(check.counts.events, LOG.events.length);
    assert.deepEqual(check.head.room, HEAD.room);
    assert.deepEqual(check.omitted, [{ what: "content", reason: "redacted", count: 1 }]);
  }
});

test("white space between values changes nothing, and is no part of what is kept in memory", () => {
  const spaced = manifestOf().replaceAll(',"', ` ,${" ".repeat(5000)}"`);
  // Inside an event it is part of the event's text.
  const between = manifestOf().replace('"events":[', `"events":  [${"\n".repeat(3_000_000)}`);
  for (const text of [spaced, between]) assert.equal(checkManifest(text).check.counts.events, LOG.events.length);
});

const without = (at: number): typeof LOG.events => LOG.events.toSpliced(at, 1);
const swapped = LOG.events.with(3, LOG.events[4]!).with(4, LOG.events[3]!);
const reworded = LOG.events.map((event, i) => (i === 7 ? { ...event, content: { body: "Something else" } } : event));
const resent = LOG.events.map((event, i) =>
  i === 7 ? { ...event, envelope: { ...event.envelope, sender: "@bob:acme.example" as never } } : event,
);
/** The log with one more event, whose content is without its salt. */
function left(event_type: string, content: JsonObject): string {
  const { envelope, hash: prev_hash } = LOG.events.at(-1)!;
  const more = { ...envelope, id: "evt-more" as EventId, event_type, position: envelope.position + 1, prev_hash };
  const hash = sha256(envelopeText(more));
  const text = canonical(content);
  const events = [...LOG.events, { envelope: more, hash, content, salt: null }];
  const head = { ...HEAD, room: { ...HEAD.room, head: more.position, head_hash: hash } };
  const bare = `"envelope":${envelopeText(more)}`;
  const manifest = manifestOf(events, head);
  return manifest.includes(`"content":${text},${bare}`)
    ? manifest
    : manifest.replace(bare, `"content":${text},${bare}`);
}
const REDACTED = LOG.events[16]!.envelope.id;

test("what a wiped reason left of a redaction goes along without its salt, and counts as redacted", () => {
  const { check } = checkManifest(left("swp.room.redaction", { event_id: REDACTED }));
  assert.deepEqual(check.omitted, [{ what: "content", reason: "redacted", count: 2 }]);
});

const counts = { events: 18, by_type: {}, media: 0, media_bytes: 0 };

const FAULTY: Readonly<Record<string, readonly [text: string, fault: RegExp]>> = {
  "an event is missing in the middle": [manifestOf(without(5)), /position 6: the event is of position 7/],
  "the last event is missing": [manifestOf(without(18)), /\/events: has 18 events, the room's head is 19/],
  "two events are swapped": [manifestOf(swapped), /position 4: the event is of position 5/],
  "a content was changed": [manifestOf(reworded), /position 8: the content does not match its content_hash/],
  "a sender was changed": [manifestOf(resent), /position 8: the envelope does not match its hash/],
  "the head is another": [
    manifestOf(LOG.events, { ...HEAD, room: { ...HEAD.room, head_hash: "0".repeat(64) } }),
    /head_hash: is not the hash of the last event/,
  ],
  "the counts are others": [manifestOf(LOG.events, HEAD, counts), /\/counts: is not what was counted/],
  "a sender is not among the people": [
    manifestOf().replace(/\{[^{]*"@bob:acme\.example"[^}]*\},/, ""),
    /@bob:acme\.example is not among the people/,
  ],
  "a person stands there twice": [
    manifestOf().replace(/("people":\[)(\{[^}]*\})/, "$1$2,$2"),
    /\/people\/1: @ann:acme\.example stands there twice/,
  ],
  "the version is unknown": [manifestOf().replace('"version":1', '"version":2'), /\/version: must be 1/],
  "the version is a text": [manifestOf().replace('"version":1', '"version":"1"'), /\/version: must be 1/],
  "a key is unknown": [manifestOf().replace('"people"', '"peoples"'), /"peoples" is not a known key/],
  "keys are out of order": [
    manifestOf().replace(
      '"format":"stairwell.room-bundle","version":1',
      '"version":1,"format":"stairwell.room-bundle"',
    ),
    /"version" stands out of order/,
  ],
  "a key of an event is unknown": [
    manifestOf().replace('"signatures":[]', '"signatures":[],"x":1'),
    /\/events\/0\/x: is not a known key/,
  ],
  "a key stands twice": [
    manifestOf().replace('"signatures":[]', '"signatures":[],"signatures":[]'),
    /\/events\/0: an object has the same key twice/,
  ],
  "a key is __proto__": [manifestOf().replace('"topic":null', '"topic":null,"__proto__":{}'), /__proto__/],
  "it is cut off": [manifestOf().slice(0, -1), /ends in the middle/],
  "it is cut off in an event": [manifestOf().slice(0, 5000), /ends in the middle/],
  "it goes on after its end": [`${manifestOf()}{}`, /goes on after its end/],
  "it is no object": ["[]", /is no JSON object/],
  "it is empty": ["", /ends in the middle/],
  "it has a byte order mark": [`\ufeff${manifestOf()}`, /is no JSON object/],
  "counts are missing": [manifestOf().replace(/,"counts".*$/, "}"), /has no counts/],
  "a number is a word": [manifestOf().replace('"version":1', '"version":one'), /\/version: is not valid JSON/],
  "a list is none": [manifestOf().replace('"members":[]', '"members":{}'), /\/members: must be an object|is missing/],
  "a comma is left over": [manifestOf().replace('"signatures":[]}]', '"signatures":[]},]'), /is not valid JSON/],
  "nesting is deep": [
    manifestOf().replace('"topic":null', `"topic":${"[".repeat(100_000)}${"]".repeat(100_000)}`),
    /is nested more than 34 deep/,
  ],
  "a reason is there without its salt": [
    left("swp.room.redaction", { event_id: REDACTED, reason: "so" }),
    /content without salt/,
  ],
  "a redaction without its salt names nothing": [left("swp.room.redaction", {}), /content without salt/],
  "a message stands without its salt": [left("swp.room.message", { event_id: REDACTED }), /content without salt/],
  "a salt stands alone": [
    manifestOf().replace(/"content":\{[^{}]*\},"envelope"/, '"envelope"'),
    /content without salt/,
  ],
};

for (const [name, [text, fault]] of Object.entries(FAULTY)) {
  test(`a manifest is refused when ${name}`, () => {
    for (const chunk of [7, 100_000_000]) {
      assert.throws(
        () => checkManifest(text, chunk),
        (error: Error) => {
          assert(error instanceof BundleFault, error.stack);
          assert.match(error.message, fault);
          assert.equal(error.isTooLarge, false);
          return true;
        },
      );
    }
  });
}

test("a value that goes on and on is refused as too large, not kept", () => {
  const text = manifestOf().replace('"topic":null', `"topic":"${"x".repeat(20_000_000)}"`);
  assert.throws(() => checkManifest(text, 65_536), { name: "BundleFault", isTooLarge: true });
});

test("bytes that are no UTF-8 are refused", () => {
  const text = manifestOf().replace("Kitchen", "Kit\u0000chen");
  const bytes = Buffer.from(text, "utf8");
  bytes[bytes.indexOf(0)] = 0xff;
  assert.throws(() => checkManifest(bytes as never as string), { message: /no UTF-8/ });
});
