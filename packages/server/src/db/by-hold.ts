import type { Tx } from "./port.ts";

/** What is known of tenants under a hold of theirs (`Tx.hold`), by all its commands; it goes with the hold. */
export class ByHold<T> {
  readonly #holds = new WeakMap<Tx["hold"], Map<number, T>>();

  get({ hold }: Tx, tenantNo: number): T | undefined {
    return this.#holds.get(hold)?.get(tenantNo);
  }

  set({ hold }: Tx, tenantNo: number, known: T): void {
    const tenants = this.#holds.get(hold);
    if (tenants === undefined) this.#holds.set(hold, new Map([[tenantNo, known]]));
    else tenants.set(tenantNo, known);
  }

  delete({ hold }: Tx, tenantNo: number): void {
    this.#holds.get(hold)?.delete(tenantNo);
  }
}
