import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { json, text } from "../test/json.ts";
import { always } from "../test/property.ts";
import { readVectors } from "../test/vectors.ts";
import { canonical, contentText, utf8Bytes } from "./canonical.ts";
import { StairwellError } from "./errors.ts";
import { type Json, parseJson, parseStrictJson } from "./json.ts";
import { LIMITS } from "./limits.ts";

interface Form {
  name: string;
  input: string;
  canonical: string;
  sha256: string;
}

const vectors = readVectors<{ forms: Form[]; beyond: Form[]; numbers: { ieee754: string; canonical: string }[] }>(
  "canonical",
);

test("each text of the vectors has its canonical form, by us and by another implementation", () => {
  for (const { name, input, canonical: form, sha256 } of [...vectors.forms, ...vectors.beyond]) {
    const value = parseJson(input);
    assert.equal(canonical(value), form, name);
    assert.equal(canonicalize(value), form, name);
    assert.equal(createHash("sha256").update(form, "utf8").digest("hex"), sha256, name);
  }
});

test("each number of the vectors is written as RFC 8785 says", () => {
  for (const { ieee754, canonical: form } of vectors.numbers) {
    assert.equal(canonical(Buffer.from(ieee754, "hex").readDoubleBE()), form, ieee754);
  }
});

test("the canonical form of any JSON is that of another implementation", () => {
  const values = fc.oneof(json, fc.jsonValue({ stringUnit: "binary" }) as fc.Arbitrary<Json>);
  always(values, 10_000, (value) => assert.equal(canonical(value), canonicalize(value)));
});

test("a canonical form, read strictly, has itself as its canonical form", () => {
  always(json, 10_000, (value) => {
    const form = canonical(value);
    assert.equal(canonical(parseStrictJson(form)), form);
  });
});

test("EV2 content is measured in bytes of its canonical form, and taken up to 64 KiB", () => {
  const around = (body: string) => canonical({ body });
  const room = LIMITS.contentBytes - around("").length;
  for (const [letter, bytes] of [
    ["a", 1],
    ["é", 2],
    ["€", 3],
    ["🍮", 4],
    ['"', 2],
    ["\u0000", 6],
  ] as const) {
    const most = letter.repeat(Math.floor(room / bytes)) + "a".repeat(room % bytes);
    assert.equal(Buffer.byteLength(contentText({ body: most })), LIMITS.contentBytes, letter);
    assert.throws(
      () => contentText({ body: `${most}a` }),
      (error) => error instanceof StairwellError && error.code === "SW_CONTENT_TOO_LARGE" && error.status === 413,
      letter,
    );
  }
});

test("white space and spelling do not count towards the size of content", () => {
  const spelled = parseStrictJson(`{ "body" : ${" ".repeat(LIMITS.contentBytes)} "\\u0061" }`);
  assert.equal(contentText(spelled as { body: string }), '{"body":"a"}');
});

test("a text has as many UTF-8 bytes as the platform counts", () => {
  always(fc.oneof(text, fc.string({ unit: "binary" })), 10_000, (value) => {
    assert.equal(utf8Bytes(value), Buffer.byteLength(value));
  });
});
