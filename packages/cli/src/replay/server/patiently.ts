import { setTimeout as wait } from "node:timers/promises";
import { StairwellApiError, StairwellNetworkError } from "@stairwell/client";

/** Milliseconds before each further attempt: half a minute in all, for a server that is started again. */
const DELAYS_MS = [100, 250, 500, 1000, 2000, 4000, 8000, 16_000];

/**
 * Makes a call that may be made again when nobody knows whether it took effect; until there is an answer, or the server
 * stays away.
 */
export async function patiently<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const delay = DELAYS_MS[attempt];
      if (delay === undefined || !isPassing(error)) throw error;
      await wait(delay, undefined, { ...(signal && { signal }) });
    }
  }
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof StairwellNetworkError ||
    (error instanceof StairwellApiError && (error.status >= 500 || error.status === 429))
  );
}
