import { StairwellError } from "@stairwell/protocol";
import type { Db } from "../../db/index.ts";
import type { Loop } from "../../lib/periodic.ts";
import type { Timers } from "../../lib/timers.ts";
import { everyHeld, type Lease } from "../../nodes/index.ts";
import { forgetNonces, type Nonce, takeNonce } from "../../peers/index.ts";

/** A signature is good for a minute; nonces are kept longer, so that a clock that is set back lets nothing come twice. */
const KEPT_MS = 15 * 60 * 1000;
const EVERY_MS = 60_000;
/** Rows a transaction. */
const SLICE = 1000;

/** Lets a signed request in once (FD2), also across restarts and nodes. `SW_FED_SIGNATURE` the second time. */
export async function takeOnce(db: Db, tenantNo: number, nonce: Nonce): Promise<void> {
  const isNew = await db.write({ tenantNo }, (tx) => takeNonce(tx, tenantNo, nonce, tx.now + KEPT_MS));
  if (isNew) return;
  throw new StairwellError("SW_FED_SIGNATURE", { message: "This request was made before.", rule: "FD2" });
}

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
