import { hash, randomBytes as systemBytes } from "node:crypto";
import { uuidv7obj } from "uuidv7";
import { ID_PREFIX } from "@stairwell/protocol";

/** Where everything comes from that nobody is to foretell. */
export interface Chance {
  bytes(count: number): Buffer;
  /** A UUIDv7, later than those before it. */
  uuid(): string;
}

const SYSTEM: Chance = { bytes: systemBytes, uuid: () => uuidv7obj().toString() };
let chance = SYSTEM;

/**
 * Draws from somewhere else from now on, in the whole process; the system's own generator where none is given. For tests
 * that are to go the same way each time.
 */
export function drawFrom(other: Chance = SYSTEM): void {
  chance = other;
  saltAt = SALT_POOL;
}

export function randomBytes(count: number): Buffer {
  return chance.bytes(count);
}

/** From 0 up to, and without, 1. */
export function randomFraction(): number {
  return chance.bytes(4).readUInt32BE() / 2 ** 32;
}

/** A new id: prefix and UUIDv7, so that ids made later sort later and index pages fill in order. */
export function newId<Id extends string>(kind: keyof typeof ID_PREFIX): Id {
  return `${ID_PREFIX[kind]}${chance.uuid()}` as Id;
}

/** The salt of one event's content: 16 random bytes, base64url without padding (22 characters). */
export function newSalt(): string {
  if (saltAt === SALT_POOL) {
    salts = chance.bytes(SALT_POOL);
    saltAt = 0;
  }
  return salts.toString("base64url", saltAt, (saltAt += 16));
}

// One call to the system's generator serves many salts: a call costs more than the bytes.
const SALT_POOL = 16 * 256;
let salts: Buffer = Buffer.alloc(0);
let saltAt = SALT_POOL;

/** Lower-case hex SHA-256 of a text's UTF-8 bytes. */
export function sha256(text: string): string {
  return hash("sha256", text, "hex");
}
