import { createCipheriv, createDecipheriv, createSecretKey, hash, hkdfSync, type KeyObject } from "node:crypto";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts small texts (AES-256-GCM) so that only this server, in the same context, can open them.
 * Equal text and context give equal bytes: the nonce is a MAC of both, so it never repeats for another text.
 */
export class Sealer {
  readonly #cipherKey: KeyObject;
  /** The nonce's key as HMAC-SHA-256 puts it before the text, and before what comes of that. */
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  /** `purpose` separates the keys of different uses; `extra` is a further secret, as far as there is one. */
  constructor(secret: Uint8Array, purpose: string, extra = "") {
    const derive = (use: string): Buffer =>
      Buffer.from(hkdfSync("sha256", secret, Buffer.from(extra), `stairwell ${purpose} ${use}`, 32));
    this.#cipherKey = createSecretKey(derive("cipher"));
    const nonceKey = derive("nonce");
    this.#inner = padded(nonceKey, 0x36);
    this.#outer = padded(nonceKey, 0x5c);
  }

  /** base64url; `context` is not in it, but must be given again to open it. */
  seal(text: string, context: string): string {
    const nonce = this.#nonceOf(text, context);
    const cipher = createCipheriv("aes-256-gcm", this.#cipherKey, nonce).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString("base64url");
  }

  /** The text; undefined when it was not sealed here, for this context, or was changed. */
  open(sealed: string, context: string): string | undefined {
    const bytes = Buffer.from(sealed, "base64url");
    // The decoder skips what is not base64url, and spare bits: only the one spelling that was given out counts.
    if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString("base64url") !== sealed) return undefined;
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", this.#cipherKey, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
    } catch {
      return undefined;
    }
  }

  /** HMAC-SHA-256, written out: an object of the library for each costs five times as much. */
  #nonceOf(text: string, context: string): Buffer {
    const whole = Buffer.from(`${Buffer.byteLength(context)}:${context}${text}`);
    const inner = hash("sha256", Buffer.concat([this.#inner, whole]), "buffer");
    return hash("sha256", Buffer.concat([this.#outer, inner]), "buffer").subarray(0, NONCE_BYTES);
  }
}

const BLOCK_BYTES = 64;

function padded(key: Buffer, pad: number): Buffer {
  return Buffer.alloc(BLOCK_BYTES, pad).map((byte, i) => byte ^ (key[i] ?? 0)) as Buffer;
}
