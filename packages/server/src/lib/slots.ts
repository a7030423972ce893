/** So many at a time for each key; whoever comes when all are taken waits for their turn, within bounds. */
export class Slots {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #queues = new Map<string, { taken: number; readonly waiting: (() => void)[] }>();

  constructor(most: number, mostWaiting: number) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  /** Settles with what gives the place back, once; undefined at once where too many wait already. */
  async take(key: string): Promise<(() => void) | undefined> {
    const queue = this.#queues.get(key) ?? { taken: 0, waiting: [] };
    this.#queues.set(key, queue);
    if (queue.taken < this.#most) queue.taken++;
    else if (queue.waiting.length >= this.#mostWaiting) return undefined;
    else await new Promise<void>((resolve) => queue.waiting.push(resolve));
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = queue.waiting.shift();
      // Whoever waited has the place of the one who goes.
      if (next !== undefined) return next();
      if (--queue.taken === 0) this.#queues.delete(key);
    };
  }
}
