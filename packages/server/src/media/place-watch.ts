import { StairwellError } from "@stairwell/protocol";
import { every, type Loop } from "../lib/periodic.ts";
import { WrongPlaceError } from "./own-place.ts";

/** Of looks at a place, in milliseconds: a folder that others share may go, and come back. */
const LOOK_MS = 30_000;

/** Of a server that has its store of rows for itself, whose files are where it says. */
export const OWN_PLACE: Pick<PlaceWatch, "fault" | "check" | "stop"> = {
  fault: undefined,
  check() {},
  async stop() {},
};

/** Looks again and again whether the place of files is reached, and is the one that it must be. */
export class PlaceWatch {
  readonly #confirm: () => Promise<void>;
  readonly #onFault: (error: unknown) => void;
  readonly #loop: Loop;
  #away = false;
  #wrong: WrongPlaceError | undefined;

  private constructor(confirm: () => Promise<void>, onFault: (error: unknown) => void, lookMs: number) {
    this.#confirm = confirm;
    this.#onFault = onFault;
    this.#loop = every(lookMs, () => this.#look(), onFault);
  }

  /** Settles after a first look. `WrongPlaceError`; what cannot be reached is looked at again, since all else works without it. */
  static async start(
    confirm: () => Promise<void>,
    onFault: (error: unknown) => void,
    lookMs = LOOK_MS,
  ): Promise<PlaceWatch> {
    const watch = new PlaceWatch(confirm, onFault, lookMs);
    // What is wrong at once ends the start, and is said by that.
    await watch.#look((error) => error instanceof WrongPlaceError || onFault(error));
    if (watch.#wrong === undefined) return watch;
    await watch.stop();
    throw watch.#wrong;
  }

  /** What is missed, by its name for `/readyz`. */
  get fault(): "media" | undefined {
    return this.#away ? "media" : undefined;
  }

  /** `WrongPlaceError` while the place is another one. */
  check(): void {
    if (this.#wrong !== undefined) throw this.#wrong;
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #look(onFault = this.#onFault): Promise<void> {
    try {
      await this.#confirm();
      this.#away = false;
      this.#wrong = undefined;
    } catch (error) {
      const isWrong = error instanceof WrongPlaceError;
      const isKnown = isWrong ? this.#wrong !== undefined : this.#away;
      this.#wrong = isWrong ? error : this.#wrong;
      this.#away = !isWrong;
      // Once for as long as it lasts, but for what must be put right by somebody.
      if (isWrong || !isKnown) onFault(error instanceof StairwellError ? (error.cause ?? error) : error);
    }
  }
}
