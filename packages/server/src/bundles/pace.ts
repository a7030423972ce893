import { Transform } from "node:stream";
import { notePassed } from "../lib/young-memory.ts";

/** Whoever takes less than this, in bytes, in a minute is not reading: their place is for others (BU5). */
const LEAST_BYTES = 64 * 1024;
const MINUTE = 60_000;

/** Lets bytes through, and says how they go. */
export class Pace extends Transform {
  readonly #monotonic: () => number;
  #passed = 0;
  #mark: { at: number; passed: number };

  constructor(monotonic: () => number) {
    super();
    this.#monotonic = monotonic;
    this.#mark = { at: monotonic(), passed: 0 };
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.#passed += chunk.length;
    notePassed(chunk.length);
    done(null, chunk);
  }

  /** Whether too little came through in the last minute that is over. Asked more often than once a minute. */
  get isTooSlow(): boolean {
    const now = this.#monotonic();
    const { at, passed } = this.#mark;
    if (now - at < MINUTE) return false;
    this.#mark = { at: now, passed: this.#passed };
    return this.#passed - passed < LEAST_BYTES;
  }
}
