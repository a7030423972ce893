import type { BundleCounts, BundleMedium, Omission } from "./manifest.ts";

/** So many types are counted by name: members make up types, and what counts them must stay small. */
const MOST_TYPES = 1000;
const OTHERS = "*";

/** Counts what goes into a bundle, or what is found in one. */
export class Tally {
  readonly #byType = new Map<string, number>();
  #events = 0;
  #wiped = 0;
  #unfetched = 0;
  #media = 0;
  #mediaBytes = 0;

  event(type: string, isWiped: boolean): void {
    const key = this.#byType.has(type) || this.#byType.size < MOST_TYPES ? type : OTHERS;
    this.#byType.set(key, (this.#byType.get(key) ?? 0) + 1);
    this.#events++;
    if (isWiped) this.#wiped++;
  }

  medium({ size }: Pick<BundleMedium, "size">): void {
    this.#media++;
    this.#mediaBytes += size;
  }

  /** A message names a medium that is not there: it was another server's, and nobody had read it (FD19). */
  unfetched(): void {
    this.#unfetched++;
  }

  get events(): number {
    return this.#events;
  }

  get omitted(): Omission[] {
    return [
      { what: "content", reason: "redacted", count: this.#wiped },
      { what: "media", reason: "not_fetched", count: this.#unfetched },
    ].filter(({ count }) => count > 0);
  }

  get counts(): BundleCounts {
    return {
      events: this.#events,
      by_type: Object.fromEntries(this.#byType),
      media: this.#media,
      media_bytes: this.#mediaBytes,
    };
  }
}
