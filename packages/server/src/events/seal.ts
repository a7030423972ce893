import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** No JSON, name or topic begins with it: a stored text that does is sealed. */
const MARK = "\u0001";
const MARK_CODE = MARK.charCodeAt(0);

/** What is sealed under a room's key. Each has nonces of its own. */
const KINDS = { content: 1, name: 2, topic: 3, medium: 4 } as const;

/** What a sealed text is bound to: with anything else it does not open. */
export interface Seal {
  readonly kind: keyof typeof KINDS;
  /** Whatever tells the text's place from all others. */
  readonly context: string;
}

export function newRoomKey(): Uint8Array {
  return randomBytes(KEY_BYTES);
}

export function isSealed(text: string): boolean {
  return text.charCodeAt(0) === MARK_CODE;
}

/**
 * A text as it is stored in an incognito room: the mark, then base64 of nonce, AES-256-GCM ciphertext and tag.
 * `position` is that of the event by which the text came to be; of a medium its number.
 */
export function sealText(key: Uint8Array, { kind, context }: Seal, position: number, text: string): string {
  const nonce = newNonce(kind, position);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad(kind, context));
  return (
    MARK + Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64")
  );
}

/** The text; undefined when it was not sealed with this key for this place, or was changed. */
export function openText(key: Uint8Array, { kind, context }: Seal, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed.slice(MARK.length), "base64");
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(aad(kind, context))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
  } catch {
    return undefined;
  }
}

/**
 * Kind (1 byte), position (5), random (6). Of each kind there is one text a position, so that no two texts on record
 * share a nonce; the random part parts a text from one that a rolled back command, or a log that was restored from a
 * backup and grew again, had at the same place.
 */
function newNonce(kind: Seal["kind"], position: number): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  nonce.writeUInt8(KINDS[kind], 0);
  nonce.writeUIntBE(position, 1, 5);
  return nonce;
}

function aad(kind: Seal["kind"], context: string): Buffer {
  return Buffer.from(`stairwell ${kind} ${context}`);
}
