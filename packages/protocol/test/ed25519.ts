import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import type { VerifyEd25519 } from "../src/signing/index.ts";

/** The platform's verification, for tests; the server's own is stricter about keys. */
export const verifyText: VerifyEd25519 = (publicKey, text, signature) => {
  const x = Buffer.from(publicKey, "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
};

const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** A key made of 32 bytes: how it signs, and its public half, both in base64. */
export function keyOf(seed: Uint8Array): { publicKey: string; sign: (text: string) => string } {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  const publicKey = Buffer.from(createPublicKey(key).export({ format: "jwk" }).x!, "base64url").toString("base64");
  return { publicKey, sign: (text) => sign(null, Buffer.from(text), key).toString("base64") };
}
