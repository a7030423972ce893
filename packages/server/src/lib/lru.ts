/**
 * A bounded cache that forgets what was not asked for lately. Two generations: a look-up in the young one costs
 * nothing beyond the map itself, and a whole old generation is dropped at a time, so nothing is ever sorted.
 * Between half of `capacity` and `capacity` entries are kept.
 */
export class Lru<Key, Entry> {
  readonly #half: number;
  #young = new Map<Key, Entry>();
  #old = new Map<Key, Entry>();

  constructor(capacity: number) {
    this.#half = Math.max(1, Math.floor(capacity / 2));
  }

  get(key: Key): Entry | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: Key, entry: Entry): void {
    if (this.#young.size >= this.#half && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, entry);
  }

  delete(key: Key): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** Drops every entry that matches; looks at all of them. */
  deleteWhere(matches: (entry: Entry) => boolean): void {
    for (const generation of [this.#young, this.#old]) {
      for (const [key, entry] of generation) if (matches(entry)) generation.delete(key);
    }
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
