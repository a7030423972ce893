/** Frames that came while a stream's history was read: they go out after it, so that a busy room is caught up with. */
export class Held {
  readonly #most: number;
  #frames: { readonly seq: number; readonly frame: Buffer }[] = [];
  #bytes = 0;

  /** `most`: bytes that are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  add(seq: number, frame: Buffer): void {
    this.#bytes += frame.length;
    if (this.isWhole) this.#frames.push({ seq, frame });
    else this.#frames = [];
  }

  /** False once more came than is kept: the rows have it. */
  get isWhole(): boolean {
    return this.#bytes <= this.#most;
  }

  /** The frames of events after a sequence, in order. */
  after(seq: number): Buffer[] {
    return this.#frames.filter((held) => held.seq > seq).map(({ frame }) => frame);
  }
}
