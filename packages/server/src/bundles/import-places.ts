import { StairwellError } from "@stairwell/protocol";
import type { Actor } from "../auth/index.ts";
import type { Caller } from "../http/endpoint.ts";
import type { Places } from "../nodes/index.ts";

/** So many bundles a tenant may be bringing at once (BU16), whoever brings them. */
const MOST = { tenant: 2, participant: 2 } as const;
const RETRY_SECONDS = 5;

/** Who is bringing a bundle. A place is held from before the first byte until the answer is sent and the work done. */
export class ImportPlaces {
  readonly #places: Places;
  readonly #working = new WeakMap<Caller, () => () => void>();

  constructor(places: Places) {
    this.#places = places;
  }

  /** `SW_RATE_LIMIT_EXCEEDED` when all places are taken. */
  async take({ tenant, participantNo }: Actor, caller: Caller): Promise<void> {
    const free = await this.#places.take({ tenantNo: tenant.tenantNo, kind: "import" }, participantNo, MOST);
    if (typeof free !== "function") throw tooMany();
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
}

function tooMany(): StairwellError {
  return new StairwellError("SW_RATE_LIMIT_EXCEEDED", {
    message: `At the most ${MOST.tenant} bundles are brought at one time; try again when one is there.`,
    rule: "BU16",
    retryAfterSeconds: RETRY_SECONDS,
  });
}
