import { systemTimers, type Timers } from "./timers.ts";

/** Lets go of a key; calling it again does nothing. */
export type Release = () => void;

/** One holder a key at a time, the others in the order they came. Free keys take no memory. */
export class KeyedMutex {
  readonly #queues = new Map<string, Waiter[]>();
  readonly #timers: Timers;

  constructor(timers: Timers = systemTimers) {
    this.#timers = timers;
  }

  /** The release, or undefined when the key was still held after `patienceMs` milliseconds. */
  acquire(key: string, patienceMs: number): Promise<Release | undefined> {
    const queue = this.#queues.get(key);
    if (queue === undefined) {
      this.#queues.set(key, []);
      return Promise.resolve(this.#releaseOf(key));
    }
    return new Promise((resolve) => {
      const waiter: Waiter = (release) => {
        timer.cancel();
        resolve(release);
      };
      const timer = this.#timers.after(patienceMs, () => {
        queue.splice(queue.indexOf(waiter), 1);
        resolve(undefined);
      });
      queue.push(waiter);
    });
  }

  /** Keys that are held now. */
  get size(): number {
    return this.#queues.size;
  }

  #releaseOf(key: string): Release {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = this.#queues.get(key)!.shift();
      if (next === undefined) this.#queues.delete(key);
      else next(this.#releaseOf(key));
    };
  }
}

type Waiter = (release: Release) => void;
