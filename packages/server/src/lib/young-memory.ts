import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Far below what the engine lets gather outside its heap before it marks all of it, which takes ten times as long. And no
 * less: what is collected twice while it is in use is old, and with 8 MiB an import marked all 34 times instead of twice.
 */
const COLLECT_BYTES = 12 * 1024 * 1024;

let passed = 0;
let collectYoung: (() => void) | undefined;

/**
 * Has everything begin young, from now on; for the first moment of a process. The engine learns where what is made lives
 * long, and makes it old from then on: what a few requests kept for a while teaches it so of rows, texts and promises that
 * live for a millisecond ever after. Then a collection of the young takes ten times as long, and memory grows until all of
 * it is marked.
 */
export function beginYoung(): void {
  setFlagsFromString("--no-allocation-site-pretenuring");
}

/**
 * Says that so many bytes came in buffers of their own, which nobody needs much longer. The engine sees how little of its
 * heap they take and not how much memory they hold, until there are 64 MiB of them; then it marks everything, in steps of
 * five to ten milliseconds in which nobody else is served. Collecting what is young soon enough takes one.
 */
export function notePassed(bytes: number): void {
  passed += bytes;
  if (passed < COLLECT_BYTES) return;
  passed = 0;
  collectYoung ??= youngCollector();
  collectYoung();
}

/** The engine's own, which is handed to contexts that are made while its flag is set. */
function youngCollector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("typeof gc === 'function' ? gc : undefined") as
    | ((options: { type: "minor" }) => void)
    | undefined;
  setFlagsFromString("--no-expose-gc");
  return () => collect?.({ type: "minor" });
}
