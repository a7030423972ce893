import assert from "node:assert/strict";
import { createHash, createPublicKey, sign, verify } from "node:crypto";
import { test } from "node:test";
import { newSigningKey, privateKeyOf } from "./signing-key.ts";

test("a new signing key signs what its stored public key verifies", () => {
  const key = newSigningKey();
  const bytes = Buffer.from("a head");
  const signature = sign(null, bytes, privateKeyOf(key));
  const x = Buffer.from(key.publicKey, "base64").toString("base64url");
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  assert.ok(verify(null, bytes, publicKey, signature));
  assert.ok(!verify(null, Buffer.from("another head"), publicKey, signature));
});

test("a key's id names its public key, and no two keys are alike", () => {
  const key = newSigningKey();
  const raw = Buffer.from(key.publicKey, "base64");
  assert.equal(raw.length, 32);
  assert.equal(key.keyId, `ed25519-${createHash("sha256").update(raw).digest("hex").slice(0, 8)}`);
  assert.notEqual(newSigningKey().publicKey, key.publicKey);
});
