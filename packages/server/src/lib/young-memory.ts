import { setFlagsFromString } from "node:v8";
import { collect } from "./collect.ts";

/**
 * Far below what the engine lets gather outside its heap before it marks all of it, which takes ten times as long. And no
 * less: what is collected twice while it is in use is old, and with 8 MiB an import marked all 34 times instead of twice.
 */
const COLLECT_BYTES = 12 * 1024 * 1024;

/**
 * Of a hundred parts that what is old may grow by, those after which all of it is marked: bit by bit, and with no more
 * delay. Left to itself the engine begins as soon as less is left than the young may take, which is at once where much is
 * young and little is old: then it marked ten times a second while a file came in, and others' p99 was twice as long.
 */
const MARK_FROM = 60;
const MARK_AT_ONCE_FROM = 80;

let passed = 0;

/**
 * Has everything begin young, from now on, and what is old marked when there is much of it; for the first moment of a
 * process. The engine learns where what is made lives long, and makes it old from then on: what a few requests kept for a
 * while teaches it so of rows, texts and promises that live for a millisecond ever after. Then a collection of the young
 * takes ten times as long, and memory grows until all of it is marked.
 */
export function beginYoung(): void {
  setFlagsFromString("--no-allocation-site-pretenuring");
  setFlagsFromString(`--incremental-marking-soft-trigger=${MARK_FROM}`);
  setFlagsFromString(`--incremental-marking-hard-trigger=${MARK_AT_ONCE_FROM}`);
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
  collect({ type: "minor" });
}
