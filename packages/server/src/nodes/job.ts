import type { Db } from "../db/index.ts";
import { every, type Loop } from "../lib/periodic.ts";
import type { Timers } from "../lib/timers.ts";
import { type Lease, LeaseLostError } from "./lease.ts";

/**
 * Runs `work` every `everyMs` milliseconds on the node that holds the lease. It writes through the store that it is given:
 * a run whose lease was lost ends with its next write, and another node goes on.
 */
export function everyHeld(
  lease: Lease,
  everyMs: number,
  work: (db: Db, signal: AbortSignal) => Promise<void>,
  onError: (error: unknown) => void,
  timers?: Timers,
): Loop {
  return every(
    everyMs,
    async (signal) => {
      if (lease.isHeld) await work(lease.db, signal);
    },
    (error) => {
      if (!(error instanceof LeaseLostError)) onError(error);
    },
    timers,
  );
}
