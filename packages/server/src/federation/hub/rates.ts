import type { Actor } from "../../auth/index.ts";

/** What people of other servers may append in rooms of ours: as much as our own, by the tenant's `send_rate` (FD22). */
export interface Rates {
  /** Takes one, or throws `SW_RATE_LIMIT_EXCEEDED`. */
  take(actor: Actor): void;
  /** Charges events that were appended beyond it. */
  charge(actor: Actor, events: number): void;
}

/** However often the store tries, somebody has asked once. */
export function takingOnce(rates: Rates): Rates {
  let isTaken = false;
  return {
    take(actor) {
      if (!isTaken) rates.take(actor);
      isTaken = true;
    },
    charge: (actor, events) => rates.charge(actor, events),
  };
}
