import { createPublicKey, verify } from "node:crypto";
import { publicKeyFault } from "@stairwell/protocol/signing";
import { Lru } from "./lru.ts";

/** Public keys that were read lately, by their base64; undefined stands for one that nothing may be verified with. */
const keys = new Lru<string, { readonly key: ReturnType<typeof createPublicKey> | undefined }>(1024);

/**
 * The one place where Ed25519 signatures are verified: strictly, and the same for requests, descriptors, events and
 * bundles. `publicKey` and `signature` are base64. The platform refuses an S that is not below the group's order and an R
 * that is not the one it computes, byte for byte, without the cofactor; keys of small order and those that are not
 * canonically encoded are refused here.
 */
export function verifyEd25519(publicKey: string, text: string, signature: string): boolean {
  const bytes = Buffer.from(signature, "base64");
  if (bytes.length !== 64 || bytes.toString("base64") !== signature) return false;
  const key = keyOf(publicKey);
  return key !== undefined && verify(null, Buffer.from(text), key, bytes);
}

function keyOf(publicKey: string): ReturnType<typeof createPublicKey> | undefined {
  const known = keys.get(publicKey);
  if (known !== undefined) return known.key;
  const key = readKey(publicKey);
  keys.set(publicKey, { key });
  return key;
}

function readKey(publicKey: string): ReturnType<typeof createPublicKey> | undefined {
  const bytes = Buffer.from(publicKey, "base64");
  if (bytes.toString("base64") !== publicKey || publicKeyFault(bytes) !== undefined) return undefined;
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: bytes.toString("base64url") }, format: "jwk" });
}
