import { waitAfter } from "./back-off.ts";

/** What another server said "not now" to, each left alone for a while that grows, so that everything else has its turn. */
export class Asides<Key> {
  readonly #tries = new Map<Key, { tries: number; until: number }>();

  /** It was not taken, at a time of the monotonic clock. */
  put(key: Key, now: number): void {
    const tries = (this.#tries.get(key)?.tries ?? 0) + 1;
    this.#tries.set(key, { tries, until: now + waitAfter(tries) });
  }

  /** It was taken. */
  delete(key: Key): void {
    this.#tries.delete(key);
  }

  /** Somebody waits: all may be tried again at once. */
  hurry(): void {
    for (const each of this.#tries.values()) each.until = 0;
  }

  /** What is to be left alone now. */
  at(now: number): ReadonlySet<Key> {
    return new Set([...this.#tries].filter(([, { until }]) => until > now).map(([key]) => key));
  }

  /** When the next of them may be tried, of those that are left alone now; undefined where none is. */
  next(now: number): number | undefined {
    const times = [...this.#tries.values()].map(({ until }) => until).filter((until) => until > now);
    return times.length === 0 ? undefined : Math.min(...times);
  }
}
