import { hash, randomBytes } from "node:crypto";
import { uuidv7obj } from "uuidv7";
import { ID_PREFIX } from "@stairwell/protocol";

/** A new id: prefix and UUIDv7, so that ids made later sort later and index pages fill in order. */
export function newId<Id extends string>(kind: keyof typeof ID_PREFIX): Id {
  return `${ID_PREFIX[kind]}${uuidv7obj().toString()}` as Id;
}

/** The salt of one event's content: 16 random bytes, base64url without padding (22 characters). */
export function newSalt(): string {
  if (saltAt === SALT_POOL) {
    salts = randomBytes(SALT_POOL);
    saltAt = 0;
  }
  return salts.toString("base64url", saltAt, (saltAt += 16));
}

// One call to the system's generator serves many salts: a call costs more than the bytes.
const SALT_POOL = 16 * 256;
let salts = Buffer.alloc(0);
let saltAt = SALT_POOL;

/** Lower-case hex SHA-256 of a text's UTF-8 bytes. */
export function sha256(text: string): string {
  return hash("sha256", text, "hex");
}
