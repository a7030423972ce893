/** Calls back later. Tests that are to go the same way each time hand in their own. */
export interface Timers {
  /** Calls back once, after so many milliseconds, unless it is cancelled before. */
  after(milliseconds: number, work: () => void): Timer;
}

export interface Timer {
  /** A repeat, and one after it has called back, does nothing. */
  cancel(): void;
}

/** Those of the platform. Nothing that waits keeps the process alive: whoever is waited for does. */
export const systemTimers: Timers = {
  after(milliseconds, work) {
    const timer = setTimeout(work, milliseconds).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
