import type { Db } from "../db/index.ts";

/** The right to do something that one node does for all. */
export interface Lease {
  readonly isHeld: boolean;
  /** The store, whose writes are refused with `LeaseLostError` once another node may hold the lease. */
  readonly db: Db;
}

/** Of a node that has its store for itself. */
export function ownLease(db: Db): Lease {
  return { isHeld: true, db };
}

/** Another node does by now what this one was doing. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";

  constructor() {
    super("the lease was lost: another node goes on");
  }
}
