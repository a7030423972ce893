import { StairwellError } from "@stairwell/protocol";
import type { Db } from "../db/index.ts";
import { every, type Loop } from "../lib/periodic.ts";
import type { Holds } from "../nodes/index.ts";
import { forgetImport, importHold, type RoomNumber } from "./forget.ts";

/** Milliseconds until what could not be taken away is tried again. */
const RETRY_MS = 500;

/**
 * What imports of this process that failed have left: taken away at once or, where the store takes no writes then, as
 * soon as it does again (BU14). A process that ends before leaves it to the next one.
 */
export class Leftovers {
  readonly #parts: { db: Db; holds: Holds };
  readonly #onError: (error: unknown) => void;
  readonly #left: RoomNumber[] = [];
  readonly #loop: Loop;

  constructor(parts: { db: Db; holds: Holds }, onError: (error: unknown) => void) {
    this.#parts = parts;
    this.#onError = onError;
    // That the store takes no writes was said when the import failed for it, and not at every try.
    this.#loop = every(
      RETRY_MS,
      (signal) => this.#forgetAll(signal),
      (error) => isOfTheStore(error) || onError(error),
    );
  }

  /** Never fails: whoever brought the bundle is to hear why it was not taken, and nothing else. */
  async forget(at: RoomNumber): Promise<void> {
    try {
      await this.#forget(at);
    } catch (error) {
      this.#left.push(at);
      this.#onError(error);
    }
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #forgetAll(signal: AbortSignal): Promise<void> {
    for (let at = this.#left[0]; at !== undefined && !signal.aborted; at = this.#left[0]) {
      await this.#forget(at, signal);
      this.#left.shift();
    }
  }

  async #forget(at: RoomNumber, signal?: AbortSignal): Promise<void> {
    const { db, holds } = this.#parts;
    await forgetImport(db, at, signal);
    if (signal?.aborted !== true) await db.write(at, (tx) => holds.drop(tx, importHold(at)));
  }
}

function isOfTheStore(error: unknown): boolean {
  return error instanceof StairwellError && error.status >= 500;
}
