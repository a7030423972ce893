import { setTimeout } from "node:timers/promises";
import { StairwellError } from "@stairwell/protocol";
import { systemClock } from "../../lib/clock.ts";
import { S3Fault } from "./s3-fault.ts";
import type { S3Pace } from "./s3-options.ts";

/**
 * Does something with a store, and again while it fails in a way that may pass, with longer and longer pauses that
 * differ from process to process. `SW_UNAVAILABLE` when patience ends, at once for what does not pass.
 */
export async function patiently<T>(
  { patienceMs, pauseMs }: Pick<S3Pace, "patienceMs" | "pauseMs">,
  work: () => Promise<T>,
): Promise<T> {
  const end = systemClock.monotonic() + patienceMs;
  for (let longest = pauseMs; ; longest *= 2) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof S3Fault)) throw error;
      const pause = longest * (0.5 + Math.random() / 2);
      if (!error.isPassing || systemClock.monotonic() + pause > end) throw unavailable(error);
      await setTimeout(pause);
    }
  }
}

function unavailable(cause: S3Fault): StairwellError {
  return new StairwellError("SW_UNAVAILABLE", { message: "Files cannot be stored or read now; try again.", cause });
}
