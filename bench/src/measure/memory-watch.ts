import { residentMB } from "./process-usage.ts";

const EVERY_MS = 100;

/** Looks at the resident memory of a process and its descendants ten times a second. */
export class MemoryWatch {
  readonly #pid: number;
  readonly #before: number;
  #most: number;
  readonly #timer: NodeJS.Timeout;

  /** What is resident now is what it is measured against. */
  constructor(pid: number) {
    this.#pid = pid;
    this.#before = this.#most = residentMB(pid);
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** The most that was resident meanwhile, over what was at the beginning, in MB. */
  stop(): number {
    clearInterval(this.#timer);
    this.#look();
    return this.#most - this.#before;
  }

  #look(): void {
    this.#most = Math.max(this.#most, residentMB(this.#pid));
  }
}
