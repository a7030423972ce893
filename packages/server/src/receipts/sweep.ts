import type { Db } from "../db/index.ts";
import type { Loop } from "../lib/periodic.ts";
import { everyHeld, type Lease } from "../nodes/index.ts";
import { deleteOldReceipts } from "./receipts.store.ts";

/** Rows a transaction: the commands that wait for the same sync must not notice. */
const SLICE = 500;
const EVERY_MS = 10 * 60 * 1000;

/** Deletes the kept answers that are older than a day, slice by slice; answers how many. `now` is Unix milliseconds. */
export async function sweepReceipts(db: Db, now: number, signal?: AbortSignal): Promise<number> {
  let swept = 0;
  while (signal?.aborted !== true) {
    const deleted = await deleteOldReceipts(db, now, SLICE);
    swept += deleted;
    if (deleted < SLICE) break;
  }
  return swept;
}

/** Sweeps every ten minutes until it is stopped. */
export function startReceiptSweep(lease: Lease, now: () => number, onError: (error: unknown) => void): Loop {
  return everyHeld(lease, EVERY_MS, async (db, signal) => void (await sweepReceipts(db, now(), signal)), onError);
}
