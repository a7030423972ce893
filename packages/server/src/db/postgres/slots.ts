import { Session, type SessionOptions } from "./session.ts";

/** So many connections at most, each lent to one at a time, in the order in which they are asked for. */
export class Slots {
  readonly #idle: Slot[];
  readonly #waiting: ((slot: Slot) => void)[] = [];

  constructor(options: SessionOptions, most: number) {
    this.#idle = Array.from({ length: most }, () => new Slot(options));
  }

  /** Lends a place for a connection while `work` runs. */
  async with<T>(work: (slot: Slot) => Promise<T>): Promise<T> {
    // The last that was given back: a quiet store has one connection open, not all.
    const slot = this.#idle.pop() ?? (await new Promise<Slot>((resolve) => this.#waiting.push(resolve)));
    try {
      return await work(slot);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(slot);
      else next(slot);
    }
  }

  /** After everything that was lent is back. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.map((slot) => slot.drop()));
  }
}

/** A place for one connection, opened when it is needed. */
export class Slot {
  readonly #options: SessionOptions;
  #session: Session | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  async session(): Promise<Session> {
    if (this.#session?.isUsable !== true) this.#session = await Session.open(this.#options);
    return this.#session;
  }

  /** After a failure nothing of a connection's state is trusted; the next use opens another. */
  async drop(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }
}
