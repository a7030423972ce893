import { Transform } from "node:stream";
import { LeastPace } from "../lib/least-pace.ts";
import { notePassed } from "../lib/young-memory.ts";

/** Lets bytes through, and says how they go (BU5). */
export class Pace extends Transform {
  readonly #pace: LeastPace;

  constructor(monotonic: () => number) {
    super();
    this.#pace = new LeastPace(monotonic);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.#pace.passed(chunk.length);
    notePassed(chunk.length);
    done(null, chunk);
  }

  get isTooSlow(): boolean {
    return this.#pace.isTooSlow;
  }
}
