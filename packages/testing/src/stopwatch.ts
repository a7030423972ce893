// Tests that mock the timers are timed by the real ones.
const { setInterval, clearInterval } = globalThis;
const TICK_MS = 10;
/** What a turn of a process that has a core counts for at the most. */
const MOST_MS = 3 * TICK_MS;

/**
 * Counts milliseconds from now until it is read, as this process lives them: of a pause in which it was given no core,
 * little counts. What is to be done within a second is so on a machine that has much else to do too, and what waits for
 * a timer is not.
 */
export function stopwatch(): () => number {
  let [lived, last] = [0, performance.now()];
  const look = (): void => {
    const now = performance.now();
    lived += Math.min(now - last, MOST_MS);
    last = now;
  };
  const timer = setInterval(look, TICK_MS).unref();
  return () => {
    look();
    clearInterval(timer);
    return lived;
  };
}
