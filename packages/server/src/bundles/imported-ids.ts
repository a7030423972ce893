import { hash, randomBytes } from "node:crypto";
import type { EventId } from "@stairwell/protocol";

/** Ids that are noted before more memory is taken. */
const LEAST = 1024;

/** An id as `newId` makes them, with the time in it. */
const TIMED = /^evt-([0-9a-f]{8})-([0-9a-f]{4})-7/;

/**
 * The ids that events get here, made of those they had: one to one, other ones at every import, and without a table
 * that grows with the room. They keep the time that is in those they had, or are of the moment of the import: what was
 * made later sorts later, so that index pages fill in order.
 */
export class ImportedIds {
  readonly #key = randomBytes(32).toString("hex");
  readonly #now: string;
  /** 8 bytes of each id that was noted. */
  #noted = new BigUint64Array(LEAST);
  #count = 0;

  constructor(unixMs: number) {
    this.#now = unixMs.toString(16).padStart(12, "0");
  }

  of(id: string): EventId {
    const timed = TIMED.exec(id);
    const [high, low] = timed === null ? [this.#now.slice(0, 8), this.#now.slice(8)] : [timed[1]!, timed[2]!];
    const digits = hash("sha256", this.#key + id, "hex");
    const variant = "89ab"[Number.parseInt(digits[3]!, 16) & 3]!;
    const [a, b, c] = [digits.slice(0, 3), digits.slice(4, 7), digits.slice(7, 19)];
    return `evt-${high}-${low}-7${a}-${variant}${b}-${c}` as EventId;
  }

  note(id: string): void {
    if (this.#count === this.#noted.length) {
      const larger = new BigUint64Array(this.#count * 2);
      larger.set(this.#noted);
      this.#noted = larger;
    }
    this.#noted[this.#count++] = hash("sha256", this.#key + id, "buffer").readBigUInt64LE(0);
  }

  /** Whether an id was noted twice; what was noted is forgotten. */
  hadTwice(): boolean {
    const sorted = this.#noted.subarray(0, this.#count).sort();
    this.#noted = new BigUint64Array(LEAST);
    this.#count = 0;
    for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) return true;
    return false;
  }
}
