import type { Tx } from "../db/index.ts";
import { findLastGiven } from "./cuts.store.ts";

interface Newest {
  seq: number;
  /** Under way until the first sequence is given. */
  read: Promise<number> | undefined;
}

/** Gives events their place among the commits of their tenant (ST1). One for a store. */
export class Sequences {
  /**
   * The newest one given in each tenant, while nobody else can give one. A command that is rolled back alone leaves a
   * gap, which nobody minds.
   */
  readonly #newest = new WeakMap<Tx["hold"], Map<number, Newest>>();

  async next(tx: Tx, tenantNo: number): Promise<number> {
    let tenants = this.#newest.get(tx.hold);
    if (tenants === undefined) this.#newest.set(tx.hold, (tenants = new Map()));
    let newest = tenants.get(tenantNo);
    if (newest === undefined) tenants.set(tenantNo, (newest = { seq: 0, read: findLastGiven(tx, tenantNo) }));
    // Commands of several rooms may be here at once: the first of them reads, for all.
    if (newest.read !== undefined) {
      try {
        const found = await newest.read;
        // Only now: meanwhile others may have been given theirs.
        newest.seq = Math.max(newest.seq, found);
        newest.read = undefined;
      } catch (error) {
        tenants.delete(tenantNo);
        throw error;
      }
    }
    return ++newest.seq;
  }
}
