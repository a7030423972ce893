import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HEAD, LOG, manifestOf, sha256 } from "../../test/bundle.ts";
import { json } from "../../test/json.ts";
import { always } from "../../test/property.ts";
import { canonical } from "../canonical.ts";
import { contentHashText, type Envelope, envelopeText, ZERO_HASH } from "../hash.ts";
import type { Json, JsonObject } from "../json.ts";
import { readDue } from "./event-text.ts";
import { EventCheck } from "./event-check.ts";
import { eventText, type BundleEvent, ManifestCheck, ManifestSplitter } from "./index.ts";

const DUE = { position: 1, prev_hash: ZERO_HASH, room_id: HEAD.room.id };
const SALT = "0123456789abcdefghijkl";
const BASE = LOG.events[0]!.envelope;

/** An event right in its hashes, whatever it says. */
function made(content: JsonObject, more: Partial<Envelope> = {}, text = canonical(content)): string {
  const envelope = { ...BASE, ...DUE, ...more, content_hash: sha256(contentHashText(text, SALT)) };
  return eventText(envelope, sha256(envelopeText(envelope)), { content: text, salt: SALT });
}

const isRead = (text: string): boolean => readDue(text, DUE, sha256) !== undefined;

test("an event as exports write it is read with the values that JSON has in it", () => {
  const contents = fc.dictionary(fc.string({ unit: "binary" }), json);
  always(contents, 5000, (content) => {
    const text = made(JSON.parse(canonical(content as Json)) as JsonObject);
    const read = readDue(text, DUE, sha256);
    if (read === undefined) return;
    assert.deepEqual(read.event, JSON.parse(text) as BundleEvent);
    assert.equal(read.content, canonical(read.event.content as Json));
  });
  assert(isRead(made({ body: "hello", nested: { a: [1, 2.5, null, true, { b: "é🍮" }] } })));
});

test("what is no canonical text of an event is not read, however right its hashes are", () => {
  const deep = JSON.parse(`${'{"a":'.repeat(33)}1${"}".repeat(33)}`) as JsonObject;
  const TEXTS: Readonly<Record<string, string>> = {
    "white space": made({}, {}, '{"a": 1}'),
    "keys out of order": made({}, {}, '{"b":1,"a":2}'),
    "numbers as keys out of order": made({}, {}, '{"9":1,"10":2}'),
    "a key twice": made({}, {}, '{"a":1,"a":2}'),
    "an escape too many": made({}, {}, '{"a":"\\u0041"}'),
    "half of a pair": made({}, {}, '{"a":"\\ud800"}'),
    "an integer too large": made({}, {}, '{"a":9007199254740992}'),
    "a number too large": made({}, {}, '{"a":1e999}'),
    "a second way to write a number": made({}, {}, '{"a":1.0}'),
    "minus nothing": made({}, {}, '{"a":-0}'),
    __proto__: made({}, {}, '{"__proto__":1}'),
    "nesting too deep": made({ a: deep }),
    "a list": made({}, {}, "[]"),
    "a number": made({}, {}, "1"),
    nothing: made({}, {}, ""),
    "a sender who is none": made({}, { sender: "ann" as never }),
    "nobody who sent it": made({}, { sender: null }),
    "an empty type": made({}, { event_type: "" }),
    "a long type": made({}, { event_type: "x".repeat(256) }),
    "half a millisecond": made({}, { hub_ts: 0.5 }),
    "a time before all time": made({}, { origin_ts: -1 }),
    "another position": made({}, { position: 2 }),
    "another event before it": made({}, { prev_hash: "1".repeat(64) }),
    "another room": made({}, { room_id: "room-other" as never }),
    "a key more": made({}).replace('"signatures":[]}', '"signatures":[],"x":1}'),
    "a signature": made({}).replace('"signatures":[]', '"signatures":[1]'),
    "a salt that is none": made({}).replace(SALT, `${SALT.slice(1)}!`),
    "another hash": made({}).replace(/"hash":"./, '"hash":"x'),
    "another content": made({ a: 1 }).replace('{"a":1}', '{"a":2}'),
    "no content": eventText(BASE, LOG.events[0]!.hash, { content: null, salt: null }),
  };
  for (const [what, text] of Object.entries(TEXTS)) assert.equal(isRead(text), false, what);
  assert(isRead(made({ a: 1 })));
});

test("a bundle is found right or wrong alike whether its events are canonical or have white space in them", () => {
  const whole = manifestOf();
  const at = fc.record({
    place: fc.integer({ min: 0, max: whole.length - 1 }),
    byte: fc.integer({ min: 0x20, max: 0x7e }),
  });
  always(at, 2000, ({ place, byte }) => {
    const changed = whole.slice(0, place) + String.fromCharCode(byte) + whole.slice(place + 1);
    const spaced = changed.replaceAll('{"content":', '{ "content":');
    // Where the byte is a quote, or was one, the white space may stand in a name that is told.
    assert.equal(verdictOn(spaced).replaceAll(" ", ""), verdictOn(changed).replaceAll(" ", ""));
  });
  assert.equal(verdictOn(whole), "right");
});

test("an event that is not read takes no place in the log", () => {
  const check = new EventCheck(sha256, HEAD.room);
  assert.equal(check.read("{}"), undefined);
  assert.notEqual(check.read(made({})), undefined);
});

function verdictOn(text: string): string {
  const check = new ManifestCheck(sha256);
  const splitter = new ManifestSplitter();
  try {
    for (const part of splitter.take(Buffer.from(text))) check.take(part);
    splitter.end();
    check.end();
    return "right";
  } catch (error) {
    return (error as Error).message;
  }
}
