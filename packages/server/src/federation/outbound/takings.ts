/**
 * Rooms that a first join has brought and that are being taken, which may be long for a large one: its members come page by
 * page. Nothing more is asked of such a room until it is here; everything else goes on (FD12).
 */
export class Takings {
  readonly #taken = new Map<number, Promise<void>>();

  /** Settles when the room is taken or cannot be, and may be asked of again. `taking` does not reject. */
  start(roomNo: number, taking: Promise<void>): Promise<void> {
    const taken = taking.then(() => void this.#taken.delete(roomNo));
    this.#taken.set(roomNo, taken);
    return taken;
  }

  get rooms(): ReadonlySet<number> {
    return new Set(this.#taken.keys());
  }

  get size(): number {
    return this.#taken.size;
  }

  /** Waits until fewer than `most` are being taken. */
  async placeFor(most: number): Promise<void> {
    while (this.#taken.size >= most) await Promise.race(this.#taken.values());
  }

  /** Settles when all are taken, or cannot be. */
  async over(): Promise<void> {
    await Promise.all(this.#taken.values());
  }
}
