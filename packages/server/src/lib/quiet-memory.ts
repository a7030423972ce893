import { performance } from "node:perf_hooks";
import { getHeapSpaceStatistics, type HeapSpaceInfo } from "node:v8";
import { collect } from "./collect.ts";

/** Milliseconds between two looks, and looks in a row at which there was next to nothing to do: whoever was there has gone. */
const LOOK_EVERY_MS = 1000;
const QUIET_LOOKS = 20;
/** Of a look's time, as much as counts as next to nothing. */
const QUIET_PART = 0.03;
/** Bytes that a collection has to promise, and those of the heap beyond which it takes too long. */
const LEAST_BYTES = 8 * 1024 * 1024;
const MOST_BYTES = 192 * 1024 * 1024;

/**
 * Gives the memory back to the system that a busy time has left, once there is nothing to do: the engine keeps room for
 * what is young, up to 64 MiB, and what is old and of no use until more comes. Looking through all of it takes a tenth of a
 * second to a whole one, for which whoever comes in just that moment waits: so it is done after a long quiet alone, and not
 * again before there was much to do. Answers what ends it.
 */
export function giveBackWhenQuiet(lookEveryMs = LOOK_EVERY_MS): () => void {
  let since = performance.eventLoopUtilization();
  let quiet = 0;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, since);
    since = now;
    quiet = utilization < QUIET_PART ? quiet + 1 : 0;
    if (quiet < QUIET_LOOKS || !isWorthIt(getHeapSpaceStatistics())) return;
    collect({ type: "major", execution: "sync", flavor: "last-resort" });
    quiet = 0;
    since = performance.eventLoopUtilization();
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Whether much is kept for what is young, and so little used that it is soon looked through. */
export function isWorthIt(spaces: readonly HeapSpaceInfo[]): boolean {
  const young = spaces.find(({ space_name }) => space_name === "new_space")!.physical_space_size;
  const used = spaces.reduce((sum, { space_used_size }) => sum + space_used_size, 0);
  return young >= LEAST_BYTES && used <= MOST_BYTES;
}
