import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { Lru } from "../lib/lru.ts";
import { randomBytes } from "../lib/random.ts";

/** An Ed25519 key of a tenant, as it is stored. */
export interface SigningKey {
  /** `ed25519-` and the first 8 hex digits of the SHA-256 of the public key's 32 bytes. */
  readonly keyId: string;
  /** The 32 bytes, base64. */
  readonly publicKey: string;
  /** PKCS #8 DER, base64. */
  readonly privateKey: string;
}

export function newSigningKey(): SigningKey {
  const privateKey = Buffer.concat([PKCS8_HEAD, randomBytes(SEED_BYTES)]);
  const publicKey = createPublicKey(createPrivateKey({ key: privateKey, format: "der", type: "pkcs8" }));
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x!, "base64url");
  return {
    keyId: `ed25519-${createHash("sha256").update(raw).digest("hex").slice(0, 8)}`,
    publicKey: raw.toString("base64"),
    privateKey: privateKey.toString("base64"),
  };
}

/** An Ed25519 private key is any 32 bytes (RFC 8032, 5.1.5); before them stands what says so (RFC 8410, 7). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const SEED_BYTES = 32;

/** Keys that signed lately, by what is stored of them: to read one takes longer than to sign. */
const read = new Lru<string, KeyObject>(256);

/** The key in the form that signs. */
export function privateKeyOf({ privateKey }: Pick<SigningKey, "privateKey">): KeyObject {
  const known = read.get(privateKey);
  if (known !== undefined) return known;
  const key = createPrivateKey({ key: Buffer.from(privateKey, "base64"), format: "der", type: "pkcs8" });
  read.set(privateKey, key);
  return key;
}

/** The signature of a text's UTF-8 bytes, base64. */
export function signWith(key: SigningKey, text: string): string {
  return sign(null, Buffer.from(text), privateKeyOf(key)).toString("base64");
}
