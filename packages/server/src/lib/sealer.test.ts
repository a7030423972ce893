import assert from "node:assert/strict";
import { createHmac, hkdfSync } from "node:crypto";
import { test } from "node:test";
import { Sealer } from "./sealer.ts";

const secret = Buffer.alloc(32, 7);

test("what is sealed opens again in its context only", () => {
  const sealer = new Sealer(secret, "test");
  const sealed = sealer.seal("grüße", "context");
  assert.equal(sealer.open(sealed, "context"), "grüße");
  assert.equal(sealer.open(sealed, "contexT"), undefined);
  assert.equal(new Sealer(secret, "other").open(sealed, "context"), undefined);
  assert.equal(new Sealer(secret, "test", "more").open(sealed, "context"), undefined);
  assert.equal(new Sealer(Buffer.alloc(32, 8), "test").open(sealed, "context"), undefined);
});

test("no changed, cut or respelled text opens", () => {
  const sealer = new Sealer(secret, "test");
  const sealed = sealer.seal("some text", "c");
  for (let at = 0; at < sealed.length; at++) {
    const other = sealed[at] === "A" ? "B" : "A";
    assert.equal(sealer.open(sealed.slice(0, at) + other + sealed.slice(at + 1), "c"), undefined);
    assert.equal(sealer.open(sealed.slice(0, at), "c"), undefined);
  }
  for (const text of [`${sealed}=`, ` ${sealed}`, `${sealed}\n`, sealed + sealed, "", "!"]) {
    assert.equal(sealer.open(text, "c"), undefined);
  }
});

test("equal text and context seal alike, anything else differs, also where the two are split elsewhere", () => {
  const sealer = new Sealer(secret, "test");
  assert.equal(sealer.seal("a", "b"), sealer.seal("a", "b"));
  assert.notEqual(sealer.seal("ab", "c").slice(0, 16), sealer.seal("b", "ca").slice(0, 16));
  assert.notEqual(sealer.seal("a", "b").slice(0, 16), sealer.seal("a", "c").slice(0, 16));
});

test("the nonce is the HMAC-SHA-256 of the length of the context, the context and the text", () => {
  const key = Buffer.from(hkdfSync("sha256", secret, Buffer.alloc(0), "stairwell test nonce", 32));
  for (const [text, context] of [
    ["some text", "c"],
    ["", ""],
    ["grüße", "a longer context, so that it fills more than one block of the hash that is underneath: 0123456789"],
  ] as const) {
    const mac = createHmac("sha256", key).update(`${Buffer.byteLength(context)}:${context}${text}`);
    const sealed = Buffer.from(new Sealer(secret, "test").seal(text, context), "base64url");
    assert.deepEqual(sealed.subarray(0, 12), mac.digest().subarray(0, 12));
  }
});
