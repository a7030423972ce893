import { performance } from "node:perf_hooks";
import { getHeapSpaceStatistics, type HeapSpaceInfo } from "node:v8";
import { systemClock } from "./clock.ts";
import { collect } from "./collect.ts";

/** Milliseconds between two looks, and looks in a row at which there was next to nothing to do. */
const LOOK_EVERY_MS = 500;
const QUIET_LOOKS = 2;
/** Of a look's time, as much as counts as next to nothing. */
const QUIET_PART = 0.03;
/** Milliseconds between two collections, the bytes that one has to promise, and those of the heap beyond which it takes too long. */
const APART_MS = 10_000;
const LEAST_BYTES = 8 * 1024 * 1024;
const MOST_BYTES = 128 * 1024 * 1024;

/**
 * Gives the memory back to the system that a busy time has left, once there is nothing to do: the engine keeps room for
 * what is young, up to 64 MiB, and what is old and of no use until more comes. Collecting takes some tens of milliseconds
 * then, and whoever comes in just that moment waits for it. Answers what ends it.
 */
export function giveBackWhenQuiet(): () => void {
  let since = performance.eventLoopUtilization();
  let quiet = 0;
  let collectedAt = -Infinity;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, since);
    since = now;
    quiet = utilization < QUIET_PART ? quiet + 1 : 0;
    if (quiet < QUIET_LOOKS || systemClock.monotonic() - collectedAt < APART_MS) return;
    if (!isWorthIt(getHeapSpaceStatistics())) return;
    collect({ type: "major", execution: "sync", flavor: "last-resort" });
    collectedAt = systemClock.monotonic();
    since = performance.eventLoopUtilization();
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Whether much is kept for what is young, and so little used that it is soon looked through. */
export function isWorthIt(spaces: readonly HeapSpaceInfo[]): boolean {
  const young = spaces.find(({ space_name }) => space_name === "new_space")!.physical_space_size;
  const used = spaces.reduce((sum, { space_used_size }) => sum + space_used_size, 0);
  return young >= LEAST_BYTES && used <= MOST_BYTES;
}
