import { StairwellError } from "@stairwell/protocol";

interface Caller {
  readonly destroyed: boolean;
  once(event: "close", listener: () => void): unknown;
}

/** So many bundles a tenant may be bringing at once (BU16). */
const MOST = 2;
const RETRY_SECONDS = 5;

/** Who is bringing a bundle, by tenant. A place is held from before the first byte until the answer is sent and the work done. */
export class Places {
  readonly #taken = new Map<number, number>();
  readonly #working = new WeakMap<Caller, () => () => void>();

  /** `SW_RATE_LIMIT_EXCEEDED` when all places are taken. */
  take(tenantNo: number, caller: Caller): void {
    const taken = this.#taken.get(tenantNo) ?? 0;
    if (taken >= MOST) throw new StairwellError("SW_RATE_LIMIT_EXCEEDED", { retryAfterSeconds: RETRY_SECONDS });
    this.#taken.set(tenantNo, taken + 1);
    let holders = 0;
    const hold = (): (() => void) => {
      holders++;
      return () => {
        if (--holders === 0) this.#free(tenantNo);
      };
    };
    this.#working.set(caller, hold);
    const leave = hold();
    if (caller.destroyed) leave();
    else caller.once("close", leave);
  }

  /** Does the work of a caller who has a place, which stays taken until it ends. */
  async during<T>(caller: Caller, work: () => Promise<T>): Promise<T> {
    const leave = this.#working.get(caller)?.();
    try {
      return await work();
    } finally {
      leave?.();
    }
  }

  #free(tenantNo: number): void {
    const taken = this.#taken.get(tenantNo)! - 1;
    if (taken === 0) this.#taken.delete(tenantNo);
    else this.#taken.set(tenantNo, taken);
  }
}
