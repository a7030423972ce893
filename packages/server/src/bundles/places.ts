import { StairwellError } from "@stairwell/protocol";
import type { Actor } from "../auth/index.ts";
import type { SharedPlaces } from "../nodes/index.ts";

interface Caller {
  readonly destroyed: boolean;
  once(event: "close", listener: () => void): unknown;
}

/** So many bundles a tenant may be bringing at once (BU16). */
const MOST = 2;
const RETRY_SECONDS = 5;

/** Who is bringing a bundle, by tenant. A place is held from before the first byte until the answer is sent and the work done. */
export class Places {
  readonly #shared: SharedPlaces | undefined;
  readonly #taken = new Map<number, number>();
  readonly #working = new WeakMap<Caller, () => () => void>();

  /** `shared`: where other nodes count too. */
  constructor(shared?: SharedPlaces) {
    this.#shared = shared;
  }

  /** `SW_RATE_LIMIT_EXCEEDED` when all places are taken. */
  async take({ tenant, participantNo }: Actor, caller: Caller): Promise<void> {
    const free =
      this.#shared === undefined
        ? this.#takeOwn(tenant.tenantNo)
        : await this.#takeShared(this.#shared, tenant.tenantNo, participantNo);
    let holders = 0;
    const hold = (): (() => void) => {
      holders++;
      return () => {
        if (--holders > 0) return;
        this.#working.delete(caller);
        free();
      };
    };
    this.#working.set(caller, hold);
    const leave = hold();
    if (caller.destroyed) leave();
    else caller.once("close", leave);
  }

  /**
   * Does the work of a caller who has a place, which stays taken until it ends. For one who has gone meanwhile, and their
   * place with them, nothing is done: `SW_RATE_LIMIT_EXCEEDED`.
   */
  async during<T>(caller: Caller, work: () => Promise<T>): Promise<T> {
    const hold = this.#working.get(caller);
    if (hold === undefined) throw tooMany();
    const leave = hold();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  #takeOwn(tenantNo: number): () => void {
    const taken = this.#taken.get(tenantNo) ?? 0;
    if (taken >= MOST) throw tooMany();
    this.#taken.set(tenantNo, taken + 1);
    return () => this.#free(tenantNo);
  }

  async #takeShared(shared: SharedPlaces, tenantNo: number, participantNo: number): Promise<() => void> {
    const free = await shared.take({ tenantNo, kind: "import" }, participantNo, { tenant: MOST, participant: MOST });
    if (typeof free !== "function") throw tooMany();
    return free;
  }

  #free(tenantNo: number): void {
    const taken = this.#taken.get(tenantNo)! - 1;
    if (taken === 0) this.#taken.delete(tenantNo);
    else this.#taken.set(tenantNo, taken);
  }
}

function tooMany(): StairwellError {
  return new StairwellError("SW_RATE_LIMIT_EXCEEDED", { retryAfterSeconds: RETRY_SECONDS });
}
