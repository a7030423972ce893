import type { EventId } from "@stairwell/protocol";
import type { WireRefusal } from "@stairwell/protocol/federation";
import type { StoredEvent } from "../../events/index.ts";

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
  readonly #waiting = new Map<string, (fate: Fate) => void>();

  /** Settles with the fate, or with `unknown` after so many milliseconds. */
  of(tenantNo: number, eventId: EventId, withinMs: number): Promise<Fate> {
    return new Promise((resolve) => {
      const key = `${tenantNo} ${eventId}`;
      const end = (fate: Fate): void => {
        clearTimeout(timer);
        this.#waiting.delete(key);
        resolve(fate);
      };
      const timer = setTimeout(() => end({ kind: "unknown" }), withinMs);
      this.#waiting.set(key, end);
    });
  }

  /** Tells whoever waits; false where nobody does. */
  tell(tenantNo: number, eventId: EventId, fate: Fate): boolean {
    const end = this.#waiting.get(`${tenantNo} ${eventId}`);
    end?.(fate);
    return end !== undefined;
  }
}
