import type { Db } from "../../db/index.ts";
import type { Loop } from "../../lib/periodic.ts";
import type { Timers } from "../../lib/timers.ts";
import { everyHeld, type Lease } from "../../nodes/index.ts";
import { forgetNonces } from "../../peers/index.ts";

const EVERY_MS = 60_000;
/** Rows a transaction. */
const SLICE = 1000;

/** Forgets old nonces every minute, on the node that has the lease, until it is stopped. */
export function startNonceSweep(
  lease: Lease,
  now: () => number,
  onError: (error: unknown) => void,
  timers: Timers,
): Loop {
  const sweep = async (db: Db, signal: AbortSignal) => {
    while (!signal.aborted && (await forgetNonces(db, now(), SLICE)) === SLICE);
  };
  return everyHeld(lease, EVERY_MS, sweep, onError, timers);
}
