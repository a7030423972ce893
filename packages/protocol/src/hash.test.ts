import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { json, text } from "../test/json.ts";
import { always } from "../test/property.ts";
import { readVectors } from "../test/vectors.ts";
import { canonical, contentText } from "./canonical.ts";
import {
  contentHashText,
  type Envelope,
  envelopeText,
  headText,
  type Proposal,
  proposalText,
  ZERO_HASH,
} from "./hash.ts";
import type { RoomId } from "./ids.ts";
import type { JsonObject } from "./json.ts";

interface Case {
  name: string;
  canonical: string;
}
interface Sealed {
  envelope: Envelope & { v: 1 };
  hash: string;
  content: JsonObject | null;
  salt: string | null;
}

/** By the platform, never by a function of ours. */
function sha256(data: string): string {
  return createHash("sha256").update(data, "utf8").digest("hex");
}

function cases<More>(name: string): (Case & More)[] {
  return readVectors<{ cases: (Case & More)[] }>(name).cases;
}

test("each content of the vectors has its hash, by us and by another implementation", () => {
  for (const vector of cases<{ content: JsonObject; salt: string; content_hash: string }>("content-hash")) {
    const { name, content, salt } = vector;
    assert.equal(Buffer.from(salt, "base64url").length, 16, name);
    assert.equal(contentHashText(contentText(content), salt), vector.canonical, name);
    assert.equal(canonicalize({ content, salt }), vector.canonical, name);
    assert.equal(sha256(vector.canonical), vector.content_hash, name);
  }
});

test("each proposal of the vectors has its bytes, by us and by another implementation", () => {
  for (const vector of cases<{ proposal: Proposal & { v: 1 }; sha256: string }>("proposal")) {
    assert.equal(proposalText(vector.proposal), vector.canonical, vector.name);
    assert.equal(canonicalize(vector.proposal), vector.canonical, vector.name);
    assert.equal(sha256(vector.canonical), vector.sha256, vector.name);
  }
});

test("each envelope of the vectors has its hash, by us and by another implementation", () => {
  for (const vector of cases<{ envelope: Envelope & { v: 1 }; hash: string }>("envelope")) {
    assert.equal(envelopeText(vector.envelope), vector.canonical, vector.name);
    assert.equal(canonicalize(vector.envelope), vector.canonical, vector.name);
    assert.equal(sha256(vector.canonical), vector.hash, vector.name);
  }
});

test("each head of the vectors has its bytes, by us and by another implementation", () => {
  for (const vector of cases<{ head: { room_id: RoomId; position: number; hash: string }; sha256: string }>("head")) {
    assert.equal(headText(vector.head), vector.canonical, vector.name);
    assert.equal(canonicalize(vector.head), vector.canonical, vector.name);
    assert.equal(sha256(vector.canonical), vector.sha256, vector.name);
  }
});

test("the log of the vectors is one chain, in which a wiped event keeps its place", () => {
  const { events } = readVectors<{ events: Sealed[] }>("log");
  let before = ZERO_HASH;
  for (const [i, { envelope, hash, content, salt }] of events.entries()) {
    assert.equal(envelope.position, i + 1);
    assert.equal(envelope.prev_hash, before);
    assert.equal(sha256(envelopeText(envelope)), hash);
    if (content !== null) assert.equal(sha256(contentHashText(contentText(content), salt!)), envelope.content_hash);
    before = hash;
  }
  assert.equal(events.filter(({ content }) => content === null).length, 1);
});

test("the written-out order of keys is that of the general canonical form", () => {
  const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
  const person = fc.option(text);
  const proposal = { room_id: text, id: text, event_type: text, sender: person, acted_by: person, content_hash: hash };
  const envelope = fc.record({
    ...proposal,
    origin_ts: fc.maxSafeNat(),
    hub_ts: fc.maxSafeNat(),
    imported: fc.boolean(),
    position: fc.maxSafeNat(),
    prev_hash: hash,
  }) as unknown as fc.Arbitrary<Envelope>;
  always(envelope, 5000, (e) => {
    assert.equal(envelopeText(e), canonical({ v: 1, ...e }));
    const { hub_ts: _t, imported: _i, position, prev_hash: _p, ...proposed } = e;
    assert.equal(proposalText(e), canonical({ v: 1, ...proposed }));
    const head = { room_id: e.room_id, position, hash: e.content_hash };
    assert.equal(headText(head), canonical(head));
  });
});

test("the text of a content hash is the canonical form of content and salt", () => {
  const salt = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString("base64url"));
  always(fc.tuple(json, salt), 5000, ([value, s]) => {
    const content = { value } as JsonObject;
    assert.equal(contentHashText(contentText(content), s), canonicalize({ content, salt: s }));
  });
});
