import { ERRORS, type ErrorCode, type EventId, StairwellError } from "@stairwell/protocol";
import type { WireRefusal } from "@stairwell/protocol/federation";
import { Type } from "@stairwell/protocol/schema";
import { type Bus, type Channel, channelOf } from "../../bus/index.ts";
import type { StoredEvent } from "../../events/index.ts";
import type { Timers } from "../../lib/timers.ts";

/** What became of a proposal. */
export type Fate =
  | { readonly kind: "sequenced"; readonly event: StoredEvent }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly error: WireRefusal }
  /** It did not leave. */
  | { readonly kind: "unsent"; readonly error: unknown }
  /** It left, and nothing came back in time; or what came back is on record. */
  | { readonly kind: "unknown" };

const Heard = Type.Object({
  tenant: Type.Integer(),
  id: Type.String(),
  unsent: Type.Union([Type.String(), Type.Null()]),
});

/** Who waits for what becomes of a proposal, in this process; other nodes are told where nobody here does. */
export class Fates {
  readonly #timers: Timers;
  readonly #waiting = new Map<string, Set<(fate: Fate) => void>>();
  readonly #elsewhere: Channel<{ tenant: number; id: string; unsent: string | null }>;

  constructor(timers: Timers, bus: Bus) {
    this.#timers = timers;
    this.#elsewhere = channelOf(bus, "federation.fate", Heard);
    this.#elsewhere.hear(({ tenant, id, unsent }) => {
      this.end(tenant, id as EventId, unsent === null ? { kind: "unknown" } : { kind: "unsent", error: of(unsent) });
    });
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

  /** Tells whoever waits; false where nobody does here. What is known by now is on record, for whoever waits elsewhere. */
  tell(tenantNo: number, eventId: EventId, fate: Fate): boolean {
    if (this.end(tenantNo, eventId, fate)) return true;
    const code = fate.kind === "unsent" && fate.error instanceof StairwellError ? fate.error.code : null;
    this.#elsewhere.tell({ tenant: tenantNo, id: eventId, unsent: code });
    return false;
  }

  /** Ends the waits in this process; whether there were any. */
  end(tenantNo: number, eventId: EventId, fate: Fate): boolean {
    const waiting = [...(this.#waiting.get(`${tenantNo} ${eventId}`) ?? [])];
    for (const end of waiting) end(fate);
    return waiting.length > 0;
  }
}

function of(code: string): StairwellError | undefined {
  return Object.hasOwn(ERRORS, code) ? new StairwellError(code as ErrorCode) : undefined;
}
