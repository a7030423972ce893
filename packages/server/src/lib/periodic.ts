import { systemTimers, type Timer, type Timers } from "./timers.ts";

/** A loop that can be ended. */
export interface Loop {
  /** Ends the loop; settles when a run under way is over. */
  stop(): Promise<void>;
}

/**
 * Runs `work` every `everyMs` milliseconds, counted from the end of the run before, so that runs never overlap.
 * `work` should look at the signal between its steps. A failed run is reported and the loop goes on.
 */
export function every(
  everyMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  onError: (error: unknown) => void,
  timers: Timers = systemTimers,
): Loop {
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let timer: Timer;

  function wait(): void {
    timer = timers.after(everyMs, () => {
      running = work(ending.signal)
        .catch(onError)
        .then(() => {
          if (!ending.signal.aborted) wait();
        });
    });
  }

  wait();
  return {
    stop() {
      ending.abort();
      timer.cancel();
      return running;
    },
  };
}
