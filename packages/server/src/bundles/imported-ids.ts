import { createHmac, randomBytes } from "node:crypto";
import type { EventId } from "@stairwell/protocol";

/**
 * The ids that events get here, made of those they had: one to one, other ones at every import, and without a table
 * that grows with the room. They are as `newId` makes them, of one moment.
 */
export class ImportedIds {
  readonly #key = randomBytes(32);
  readonly #time: string;
  /** 8 bytes of each id that was noted. */
  #noted = new BigUint64Array(1024);
  #count = 0;

  constructor(unixMs: number) {
    this.#time = unixMs.toString(16).padStart(12, "0");
  }

  of(id: string): EventId {
    const digest = this.#digest(id);
    digest[0] = 0x70 | (digest[0]! & 0x0f);
    digest[2] = 0x80 | (digest[2]! & 0x3f);
    const hex = this.#time + digest.toString("hex", 0, 10);
    const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
    return `evt-${uuid}` as EventId;
  }

  note(id: string): void {
    if (this.#count === this.#noted.length) {
      const larger = new BigUint64Array(this.#count * 2);
      larger.set(this.#noted);
      this.#noted = larger;
    }
    this.#noted[this.#count++] = this.#digest(id).readBigUInt64LE(0);
  }

  /** Whether an id was noted twice; what was noted is forgotten. */
  hadTwice(): boolean {
    const sorted = this.#noted.subarray(0, this.#count).sort();
    this.#noted = new BigUint64Array(0);
    this.#count = 0;
    for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) return true;
    return false;
  }

  #digest(id: string): Buffer {
    return createHmac("sha256", this.#key).update(id).digest();
  }
}
