import { Socket } from "node:net";

/**
 * The socket of a connection. What is sent in one turn leaves in one packet: statements are sent by the dozen without
 * waiting, and each would be a system call here and a wake-up there.
 */
export class Wire extends Socket {
  #isHeld = false;

  /** Holds what is written back until this turn's promises have run. */
  hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.cork();
    // After all promises of this turn, and before anything else is read.
    process.nextTick(() => this.#release());
  }

  #release(): void {
    this.#isHeld = false;
    this.uncork();
  }
}
