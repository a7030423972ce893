import type { EventId } from "@stairwell/protocol";
import type { WireRefusal } from "@stairwell/protocol/federation";
import type { StoredEvent } from "../../events/index.ts";
import type { Timers } from "../../lib/timers.ts";

/** What became of a proposal. */
export type Fate =
  | { readonly kind: "sequenced"; readonly event: StoredEvent }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly error: WireRefusal }
  /** It did not leave. */
  | { readonly kind: "unsent"; readonly error: unknown }
  /** It left, and nothing came back in time. */
  | { readonly kind: "unknown" };

/** Who waits for what becomes of a proposal, in this process. */
export class Fates {
  readonly #timers: Timers;
  readonly #waiting = new Map<string, Set<(fate: Fate) => void>>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Settles with the fate, or with `unknown` after so many milliseconds. */
  of(tenantNo: number, eventId: EventId, withinMs: number): Promise<Fate> {
    return new Promise((resolve) => {
      const key = `${tenantNo} ${eventId}`;
      const waiting = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, waiting);
      const end = (fate: Fate): void => {
        timer.cancel();
        waiting.delete(end);
        if (waiting.size === 0) this.#waiting.delete(key);
        resolve(fate);
      };
      const timer = this.#timers.after(withinMs, () => end({ kind: "unknown" }));
      waiting.add(end);
    });
  }

  /** Tells whoever waits; false where nobody does. */
  tell(tenantNo: number, eventId: EventId, fate: Fate): boolean {
    const waiting = [...(this.#waiting.get(`${tenantNo} ${eventId}`) ?? [])];
    for (const end of waiting) end(fate);
    return waiting.length > 0;
  }
}
