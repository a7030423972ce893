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
  /** 8 bytes for each id that was taken, as two numbers. */
  #noted = new Uint32Array(2 * LEAST);
  #count = 0;

  constructor(unixMs: number) {
    this.#now = unixMs.toString(16).padStart(12, "0");
  }

  /** What the id of an event becomes that comes in. */
  take(id: string): EventId {
    const digits = this.#digits(id);
    this.#note(digits);
    return this.#made(id, digits);
  }

  /** What the id of an event becomes that another one names. */
  of(id: string): EventId {
    return this.#made(id, this.#digits(id));
  }

  /** Whether an id was taken twice; which ones were taken is forgotten. */
  hadTwice(): boolean {
    const sorted = new BigUint64Array(this.#noted.buffer, 0, this.#count).sort();
    this.#noted = new Uint32Array(2 * LEAST);
    this.#count = 0;
    for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) return true;
    return false;
  }

  #digits(id: string): string {
    return hash("sha256", this.#key + id, "hex");
  }

  #note(digits: string): void {
    const at = 2 * this.#count++;
    if (at === this.#noted.length) {
      const larger = new Uint32Array(2 * at);
      larger.set(this.#noted);
      this.#noted = larger;
    }
    this.#noted[at] = Number.parseInt(digits.slice(32, 40), 16);
    this.#noted[at + 1] = Number.parseInt(digits.slice(40, 48), 16);
  }

  #made(id: string, digits: string): EventId {
    const timed = TIMED.exec(id);
    const [high, low] = timed === null ? [this.#now.slice(0, 8), this.#now.slice(8)] : [timed[1]!, timed[2]!];
    const variant = "89ab"[Number.parseInt(digits[3]!, 16) & 3]!;
    const [a, b, c] = [digits.slice(0, 3), digits.slice(4, 7), digits.slice(7, 19)];
    return `evt-${high}-${low}-7${a}-${variant}${b}-${c}` as EventId;
  }
}
