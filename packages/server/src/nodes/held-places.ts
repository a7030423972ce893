import type { StairwellError } from "@stairwell/protocol";
import type { FreePlace, Full, PlaceLimits, Places } from "./places.ts";
import type { PlaceKind } from "./places.store.ts";

/** Whoever waits for an answer: `close` comes when it was sent, and when they have gone. */
interface Waiting {
  readonly destroyed: boolean;
  once(event: "close", listener: () => void): unknown;
}

interface Held {
  readonly free: FreePlace;
  isWorking: boolean;
}

/** Places of callers who first send something, and for whom work is done when all of it is there. */
export class HeldPlaces {
  readonly #places: Places;
  readonly #kind: PlaceKind;
  readonly #most: PlaceLimits;
  readonly #refusal: (full: Full) => StairwellError;
  readonly #held = new WeakMap<Waiting, Held>();

  constructor(places: Places, kind: PlaceKind, most: PlaceLimits, refusal: (full: Full) => StairwellError) {
    this.#places = places;
    this.#kind = kind;
    this.#most = most;
    this.#refusal = refusal;
  }

  /** A place from before the first byte until the work is done or, where none is begun, until the caller has gone. */
  async take(tenantNo: number, participantNo: number, caller: Waiting): Promise<void> {
    const free = await this.#places.take({ tenantNo, kind: this.#kind }, participantNo, this.#most);
    if (typeof free !== "function") throw this.#refusal(free);
    const held: Held = { free, isWorking: false };
    this.#held.set(caller, held);
    const leave = (): void => {
      if (!held.isWorking) this.#give(caller, held);
    };
    if (caller.destroyed) leave();
    else caller.once("close", leave);
  }

  /**
   * Does the work of a caller who has a place, which stays taken until it ends. For one who has gone meanwhile, and their
   * place with them, nothing is done: refused as if all were taken.
   */
  async during<T>(caller: Waiting, work: () => Promise<T>): Promise<T> {
    const held = this.#held.get(caller);
    if (held === undefined) throw this.#refusal("participant");
    held.isWorking = true;
    try {
      return await work();
    } finally {
      this.#give(caller, held);
    }
  }

  #give(caller: Waiting, { free }: Held): void {
    this.#held.delete(caller);
    free();
  }
}
